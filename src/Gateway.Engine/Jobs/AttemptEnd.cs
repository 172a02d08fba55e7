using Gateway.Model.Accounts;
using Gateway.Model.Answers;
using Gateway.Model.Jobs;

namespace Gateway.Engine.Jobs;

/// <summary>How an attempt ended.</summary>
internal abstract record AttemptEnd
{
    /// <summary>The upstream delivered.</summary>
    /// <param name="Result">Where the result lies.</param>
    /// <param name="SmallResult">The result itself, when it is saved with the turn.</param>
    /// <param name="FileId">The upstream's file.</param>
    /// <param name="Usage">What the upstream reports of its cost.</param>
    internal sealed record Succeeded(BodyRef Result, byte[]? SmallResult, string? FileId, Usage Usage) : AttemptEnd;

    /// <summary>The upstream said no, at submit or later.</summary>
    /// <param name="Error">What it said.</param>
    /// <param name="IsRepeat">It was sent once more within the attempt, and the account has learned from what it said first.</param>
    internal sealed record Failed(UpstreamError Error, bool IsRepeat = false) : AttemptEnd;

    /// <summary>Nobody knows and the time is up: <c>hardEnd</c>, or an operator (L4, J4).</summary>
    internal sealed record Lapsed(JobError Error) : AttemptEnd;

    /// <summary>The longest time of the kind is over, and nobody knows more (L4, J4).</summary>
    public static readonly AttemptEnd PastHardEnd = new Lapsed(
        new JobError("hard_end", "The upstream did not finish within the longest time this kind may take."));

    /// <summary>
    /// The connection that a streamed answer came over is gone. There is no task to ask about, so no evidence will come: the call
    /// has ended (L4). It was accepted, so it is charged (C3) and not sent again (J10).
    /// </summary>
    public static readonly AttemptEnd StreamBroken = new Lapsed(
        new JobError(UpstreamError.StreamBroken, "The stream broke off before the answer was whole; what had come is kept."));

    /// <summary>It is proven that nothing was sent: unbilled, back into the queue, and no account is to blame.</summary>
    internal sealed record NotSent(string Why) : AttemptEnd;

    /// <summary>It was taken back before the upstream began: unbilled, and the job is over.</summary>
    internal sealed record TakenBack : AttemptEnd;

    /// <param name="job">The job, if there still is one.</param>
    /// <param name="lease">The attempt's lease; null when it has ended before.</param>
    public Settlement Settle(JobState? job, Lease? lease) => this switch
    {
        Succeeded succeeded when job is not null && lease is not null => succeeded.Usage.Settle(lease.Reserved, job.Units),
        Succeeded => new Settlement.Done(),
        Failed { Error: var error } => Settlement.For(error, job?.Model),
        Lapsed lapsed => new Settlement.Lapsed(lapsed.Error.Message),
        TakenBack => new Settlement.Unbilled(),
        NotSent => new Settlement.NotSent(),
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
