using System.Collections.Frozen;
using Gateway.Grains.Accounts;
using Gateway.Grains.Jobs;

namespace Gateway.Grains.Upstreams;

/// <summary>An account as a driver sees it: where, and with which credential.</summary>
/// <param name="Id">Which.</param>
/// <param name="BaseUrl">Where.</param>
/// <param name="Secret">Its credential.</param>
/// <param name="GroupId">The group a legacy credential belongs to; null for none.</param>
internal sealed record UpstreamAccount(AccountId Id, Uri BaseUrl, string Secret, string? GroupId = null)
{
    /// <summary>Cleans what it says, which may quote its credential.</summary>
    public UpstreamWords Words => new(Secret, GroupId);

    /// <summary>Never the secret: this ends up in logs and exceptions.</summary>
    public override string ToString() => $"account {Id} at {BaseUrl.Authority}";
}

/// <summary>A submit to an upstream.</summary>
/// <param name="Id">The gateway's id of the job; results speak of it, never of the upstream's task.</param>
/// <param name="Kind">What to make.</param>
/// <param name="Operation">Which of the kind's operations.</param>
/// <param name="Body">MiniMax's native body, as the caller sent it.</param>
internal sealed record UpstreamRequest(JobId Id, JobKind Kind, WorkOperation Operation, ReadOnlyMemory<byte> Body)
{
    /// <summary>The body asks for a stream.</summary>
    public bool IsStreamed { get; init; }
}

/// <summary>How a submit ended.</summary>
internal abstract record SubmitOutcome
{
    /// <summary>With its words cleaned. An id that may not be kept as it is cannot be followed: nobody knows what became of its task.</summary>
    public SubmitOutcome In(UpstreamWords words) => this switch
    {
        Accepted { TaskId: var id } when words.Clean(id) != id => new Unclear("the upstream named the task by an id that cannot be kept"),
        Refused refused => new Refused(refused.Error.In(words)),
        Unclear unclear => new Unclear(words.Clean(unclear.Why)),
        _ => this,
    };

    /// <summary>The upstream works on it.</summary>
    internal sealed record Accepted(string TaskId) : SubmitOutcome;

    /// <summary>The upstream answered with the result at once.</summary>
    /// <param name="Result">The answer.</param>
    /// <param name="Usage">What the upstream reports of its cost.</param>
    internal sealed record Completed(byte[] Result, Usage Usage) : SubmitOutcome;

    /// <summary>The upstream answers bit by bit, and what has come of it is no error. Whoever gets it disposes it.</summary>
    internal sealed record Streaming(IAnswerStream Answer) : SubmitOutcome;

    /// <summary>A clear answer, or no connection at all: it is proven that nothing was accepted.</summary>
    internal sealed record Refused(UpstreamError Error) : SubmitOutcome;

    /// <summary>Everything else (J3): it may have been accepted, and must not be sent again by our own doing.</summary>
    internal sealed record Unclear(string Why) : SubmitOutcome;
}

/// <summary>How a streamed answer ended.</summary>
internal abstract record AnswerEnd
{
    /// <param name="Message">The whole answer in one, where the stream ended with it.</param>
    /// <param name="Usage">What the upstream reports of its cost.</param>
    internal sealed record Whole(byte[]? Message, Usage Usage) : AnswerEnd;

    /// <summary>It broke off, or said what went wrong. It had been accepted, so it may have been billed.</summary>
    internal sealed record Broken(UpstreamError Error) : AnswerEnd;
}

/// <summary>An answer that comes bit by bit.</summary>
internal interface IAnswerStream : IDisposable
{
    /// <summary>What has come, in whole frames, until the next read; nothing at its end, however that came.</summary>
    ValueTask<ReadOnlyMemory<byte>> ReadAsync();

    /// <summary>How it ended; asked after its end.</summary>
    AnswerEnd End { get; }

    /// <summary>Nobody wants the rest: the upstream is left and the stream ends.</summary>
    void Stop();
}

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

/// <summary>What an upstream said to a cancel.</summary>
internal abstract record CancelOutcome
{
    /// <summary>The task was taken back before it began, and costs nothing.</summary>
    internal sealed record Taken : CancelOutcome;

    /// <summary>The task had ended, and its record is deleted: nobody will learn how, so what it may have cost is charged (C3).</summary>
    internal sealed record Deleted : CancelOutcome;

    /// <summary>The upstream works on, or knows no such thing as a cancel.</summary>
    internal sealed record Refused : CancelOutcome;

    /// <summary>There was no answer.</summary>
    internal sealed record Trouble(string Why) : CancelOutcome;
}

/// <summary>One kind of upstream. Drivers translate and classify; they never retry and never pick accounts.</summary>
internal interface IUpstream
{
    string Driver { get; }

    FrozenSet<JobKind> Kinds { get; }

    /// <summary>Whether an account at this address can do the work, as far as the driver knows without asking.</summary>
    bool Serves(Uri baseUrl, Work work);

    /// <param name="account">Where to send it.</param>
    /// <param name="request">What to send.</param>
    /// <param name="beforeFirstByte">Throws when the sender must not send any more (L6).</param>
    /// <param name="cancellationToken">Ends the wait; the outcome is then unclear unless nothing was sent.</param>
    Task<SubmitOutcome> SubmitAsync(UpstreamAccount account, UpstreamRequest request, Action beforeFirstByte, CancellationToken cancellationToken);

    Task<PollOutcome> PollAsync(UpstreamAccount account, UpstreamRequest request, string taskId, CancellationToken cancellationToken);

    /// <summary>Asks for an end of a task. Only what has not begun can be taken back, and only where the upstream's API has such a thing.</summary>
    Task<CancelOutcome> CancelAsync(UpstreamAccount account, UpstreamRequest request, string taskId, CancellationToken cancellationToken);

    /// <summary>Asks the upstream whether the credential works; null when it does.</summary>
    Task<UpstreamError?> ValidateAsync(UpstreamAccount account, CancellationToken cancellationToken);
}

/// <summary>Which drivers are switched on.</summary>
internal interface IUpstreamRegistry
{
    IReadOnlyCollection<IUpstream> All { get; }

    IUpstream? Find(string driver);

    bool Serves(string driver, JobKind kind);

    bool Serves(AccountState account, Work work);
}

internal sealed class UpstreamRegistry(IEnumerable<IUpstream> upstreams) : IUpstreamRegistry
{
    private readonly FrozenDictionary<string, IUpstream> _drivers = upstreams.ToFrozenDictionary(upstream => upstream.Driver, StringComparer.Ordinal);

    public IReadOnlyCollection<IUpstream> All => _drivers.Values;

    public IUpstream? Find(string driver) => _drivers.GetValueOrDefault(driver);

    public bool Serves(string driver, JobKind kind) => Find(driver) is { } upstream && upstream.Kinds.Contains(kind);

    public bool Serves(AccountState account, Work work) => Find(account.Driver) is { } upstream && upstream.Serves(account.BaseUrl, work);
}
