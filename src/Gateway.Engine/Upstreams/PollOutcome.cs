using Gateway.Model.Accounts;
using Gateway.Model.Answers;
using Gateway.Model.Jobs;

namespace Gateway.Engine.Upstreams;

/// <summary>What a poll found.</summary>
internal abstract record PollOutcome
{
    /// <summary>With its words cleaned.</summary>
    public PollOutcome In(UpstreamWords words) => this switch
    {
        Failed failed => new Failed(failed.Error.In(words)),
        Unreadable unreadable => new Unreadable(unreadable.Error.In(words)),
        Trouble trouble => new Trouble(words.Clean(trouble.Why), trouble.Error?.In(words)),
        _ => this,
    };

    /// <param name="Progress">How far it has come; null where the upstream does not tell.</param>
    internal sealed record StillRunning(JobProgress? Progress) : PollOutcome;

    /// <param name="Result">What the upstream answered, with the gateway's ids.</param>
    /// <param name="FileId">The upstream's file, if it made one.</param>
    /// <param name="Usage">What the upstream reports of its cost.</param>
    internal sealed record Succeeded(byte[] Result, string? FileId, Usage Usage) : PollOutcome;

    /// <summary>The upstream says that it is done, and what it made is not to be had yet.</summary>
    /// <param name="Named">How it ends when that stays so; null where nothing is left to ask for it by.</param>
    internal sealed record Finishing(Succeeded? Named) : PollOutcome;

    /// <summary>It was taken back before it began, and costs nothing.</summary>
    internal sealed record Cancelled : PollOutcome;

    internal sealed record Failed(UpstreamError Error) : PollOutcome;

    /// <summary>The account cannot be asked (J8): the task may well go on.</summary>
    internal sealed record Unreadable(UpstreamError Error) : PollOutcome;

    /// <summary>No useful answer this time.</summary>
    /// <param name="Why">In words.</param>
    /// <param name="Error">What the upstream answered clearly; null where there was no clear answer.</param>
    internal sealed record Trouble(string Why, UpstreamError? Error = null) : PollOutcome;
}
