using Gateway.Model.Accounts;
using Gateway.Model.Jobs;

namespace Gateway.Engine.Jobs;

/// <summary>What a submit answered.</summary>
internal abstract record SubmitResult
{
    /// <summary>
    /// The job is durable. With a lease it is already submitting, and the caller must send it with the account as it is now.
    /// </summary>
    internal sealed record Created(JobState Job, Lease? Lease = null, AccountState? Account = null) : SubmitResult;

    /// <summary>The key was used before with the same body.</summary>
    internal sealed record Replayed(IdempotencyRecord Record) : SubmitResult;

    /// <summary>The key was used before with another body.</summary>
    internal sealed record KeyReused : SubmitResult;

    /// <summary>The caller does not want to queue and the account refused; no job, no key used (J11).</summary>
    internal sealed record NoCapacity(Refusal Refusal) : SubmitResult;

    /// <summary>The team has as many jobs in the queue as it may; no job, no key used.</summary>
    internal sealed record QueueFull(int Limit) : SubmitResult;
}
