using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Gateway.Model.Accounts;
using Gateway.Model.Answers;
using Gateway.Model.Ids;
using Gateway.Model.Kinds;

namespace Gateway.Model.Jobs;

/// <summary>
/// One unit of asynchronous work. Immutable; a transition answers with the next state, or null when <see cref="JobEdges"/>
/// forbids it.
/// </summary>
internal sealed record JobState
{
    /// <summary>How often a job is tried before it fails (J7).</summary>
    public const int MaxAttempts = 5;

    /// <summary>How long a job may wait in the queue where no setting says otherwise (J6).</summary>
    public static readonly TimeSpan DefaultMaxQueueAge = TimeSpan.FromHours(24);

    /// <summary>The job a draft becomes.</summary>
    /// <param name="draft">What was submitted.</param>
    /// <param name="id">Its id.</param>
    /// <param name="request">Where its request is kept.</param>
    public static JobState From(JobDraft draft, JobId id, BodyRef request) => new()
    {
        Id = id,
        Team = draft.Team,
        Kind = draft.Work.Kind,
        Model = draft.Work.Model,
        Pinned = draft.Work.Pinned,
        Units = draft.Work.Units,
        Operation = draft.Work.Operation,
        IsStreamed = draft.IsStreamed,
        Priority = draft.Priority,
        RunAt = draft.Times.RunAt,
        StartBy = draft.Times.StartBy,
        FinishBy = draft.Times.FinishBy,
        RedriveOf = draft.RedriveOf,
        CallbackUrl = draft.Callback?.AbsoluteUri,
        Reply = draft.Reply,
        Request = request,
    };

    public required JobId Id { get; init; }

    [JsonIgnore]
    public long Version { get; init; }

    public required TeamId Team { get; init; }

    public required JobKind Kind { get; init; }

    /// <summary>Which of the kind's operations.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public WorkOperation Operation { get; init; }

    /// <summary>Its answer is a stream, kept as it comes.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsStreamed { get; init; }

    public string? Model { get; init; }

    public AccountId? Pinned { get; init; }

    /// <summary>How many times the price it may cost.</summary>
    public int Units { get; init; } = 1;

    /// <summary>0 … 9, higher first.</summary>
    public int Priority { get; init; } = 5;

    public JobStatus Status { get; init; } = JobStatus.Queued;

    /// <summary>Why it is in its status, where that is not plain.</summary>
    public string? Reason { get; init; }

    /// <summary>The number of its last event; 1 is <c>queued</c> (P1).</summary>
    public long Seq { get; init; }

    /// <summary>How often it was dispatched.</summary>
    public int Attempt { get; init; }

    /// <summary>The account of the present or last attempt.</summary>
    public AccountId? Account { get; init; }

    public LeaseId? Lease { get; init; }

    /// <summary>The upstream's task of the present or last attempt.</summary>
    public string? TaskId { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>A cancel that came while the request was being sent; applied at the next legal edge.</summary>
    public bool CancelRequested { get; init; }

    /// <summary>Its caller deleted the record: native surfaces know it no more, the job API and the ledger still do.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsForgotten { get; init; }

    public DateTimeOffset? RunAt { get; init; }

    public DateTimeOffset? StartBy { get; init; }

    public DateTimeOffset? FinishBy { get; init; }

    /// <summary>While queued: not dispatched before, for its <see cref="RunAt"/> or a back-off; null is ready.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>The queue's age limit as an instant (J6); jobs made before there was one have the default's.</summary>
    public DateTimeOffset? QueueUntil { get; init; }

    /// <summary>The job that had failed and was submitted again as this one.</summary>
    public JobId? RedriveOf { get; init; }

    /// <summary>While running: how far it has come, where the upstream tells.</summary>
    public JobProgress? Progress { get; init; }

    public JobError? Error { get; init; }

    public long Reserved { get; init; }

    public long? Charged { get; init; }

    public ImmutableArray<JobRefusal> Refusals { get; init; } = [];

    public required BodyRef Request { get; init; }

    public BodyRef? Result { get; init; }

    /// <summary>The file the upstream made; its native id leads back to it.</summary>
    public string? FileId { get; init; }

    /// <summary>Where the caller wants to be told of each change, in the upstream's own words; null for nowhere.</summary>
    public string? CallbackUrl { get; init; }

    /// <summary>Where the gateway's own webhooks about it go; null for nowhere.</summary>
    public Reply? Reply { get; init; }

    [JsonIgnore]
    public Work Work => new(Kind, Model, Pinned, Units, Operation);

    [JsonIgnore]
    public string Lane => Work.Lane;

    /// <summary>When the next timed move of this job is due, whatever it will be (Q5); null when time moves nothing.</summary>
    [JsonIgnore]
    public DateTimeOffset? WakeAt => Status switch
    {
        JobStatus.Queued => Earliest(Earliest(NotBefore, StartBy), Earliest(FinishBy, Expiry)),
        JobStatus.Unknown when IsAdrift => Earliest(FinishBy, Expiry),
        JobStatus.Submitting or JobStatus.Running or JobStatus.Unknown => FinishBy,
        JobStatus.Succeeded or JobStatus.Failed or JobStatus.Cancelled or JobStatus.Expired => null,
    };

    private DateTimeOffset Expiry => QueueUntil ?? CreatedAt + DefaultMaxQueueAge;

    /// <summary>Whether it is in its queue, to be taken by whoever has a slot for it.</summary>
    public bool IsReady => this is { Status: JobStatus.Queued, NotBefore: null };

    /// <summary>Since when it could have been dispatched, as far as its caller's wishes go.</summary>
    [JsonIgnore]
    public DateTimeOffset WaitsSince => RunAt > CreatedAt ? RunAt.Value : CreatedAt;

    /// <summary>Whether evidence of this attempt is about the present attempt of a job that still runs.</summary>
    public bool IsAt(int attempt) => Attempt == attempt && !Status.IsTerminal && Status != JobStatus.Queued;

    /// <summary>queued → submitting: the account took it (J3: this is committed before the request is sent).</summary>
    public JobState? Dispatch(Lease lease, AccountId account, DateTimeOffset now) =>
        To(JobStatus.Submitting, reason: null) is not { } next ? null : next with
        {
            Attempt = lease.Attempt,
            NotBefore = null,
            Account = account,
            Lease = lease.Id,
            TaskId = null,
            Reserved = lease.Reserved,
            StartedAt = StartedAt ?? now,
        };

    /// <summary>submitting or unknown → running: the upstream's task is known.</summary>
    public JobState? Run(string taskId) => To(JobStatus.Running, reason: null) is not { } next ? null : next with { TaskId = taskId };

    /// <summary>submitting or unknown → running: the answer has begun to come, over a connection instead of a task.</summary>
    public JobState? BeginAnswer() => To(JobStatus.Running, reason: null);

    /// <summary>submitting or running → unknown: nobody knows whether the upstream works on it (J4).</summary>
    public JobState? LoseSight(string reason) => To(JobStatus.Unknown, reason);

    /// <summary>
    /// queued, submitting or running → unknown: it is known from a backup alone (S3). Without a slot, whose end would end it, it has a time
    /// of its own.
    /// </summary>
    public JobState? Restore(DateTimeOffset until) =>
        LoseSight(RestoredReason) is not { } unknown ? null : unknown with { QueueUntil = Lease is null ? until : QueueUntil };

    /// <summary>Whether it is unknown without a slot that would end it.</summary>
    [JsonIgnore]
    public bool IsAdrift => Status == JobStatus.Unknown && Lease is null;

    /// <summary>Back to the queue after a proven refusal, which is remembered (J7).</summary>
    public JobState? Requeue(JobRefusal refusal, DateTimeOffset? notBefore = null) =>
        Requeue($"refused: {refusal.ShownWhy}") is not { } next ? null : next with { NotBefore = notBefore, Refusals = Remember(refusal) };

    // Of what does not count the last one: it may go on for as long as a queue may be.
    private ImmutableArray<JobRefusal> Remember(JobRefusal refusal) =>
        refusal.Overloaded ? Refusals.RemoveAll(before => before.Overloaded).Add(refusal)
        : refusal.OfAccount ? Refusals.RemoveAll(
            before => before.OfAccount && before.Account == refusal.Account).Add(refusal with { Again = RefusedBy(refusal.Account) })
        : Refusals.Add(refusal);

    /// <summary>How often an account has refused the job for a reason of its own.</summary>
    public int RefusedBy(AccountId account)
    {
        foreach (var refusal in Refusals)
            if (refusal.OfAccount && refusal.Account == account) return refusal.Again + 1;
        return 0;
    }

    /// <summary>What follows from an answer that refused it (J7).</summary>
    public RetryDecision After(AccountId account, UpstreamError error) =>
        Retries.After([.. Answers], account, error, RetryTerms.OfJob(this, account));

    /// <summary>Whether <paramref name="account"/> learns from what it answers.</summary>
    public bool Teaches(UpstreamError error, AccountId account) => Answers.Teach(account, error);

    private IEnumerable<PastAnswer> Answers => Refusals.Select(refusal => refusal.Answer);

    /// <summary>Back to the queue, nothing having been sent; mere likelihood is never enough (J1).</summary>
    public JobState? Requeue(string reason) =>
        To(JobStatus.Queued, reason) is not { } next ? null : next with { Lease = null, TaskId = null, Reserved = 0 };

    public JobState? Succeed(BodyRef result, string? fileId, long charged, DateTimeOffset now) =>
        End(JobStatus.Succeeded, reason: null, now) is not { } next
            ? null
            : next with { Result = result, FileId = fileId, Charged = charged };

    public JobState? Fail(JobError error, long? charged, DateTimeOffset now) =>
        End(JobStatus.Failed, error.Code, now) is not { } next ? null : next with { Error = error, Charged = charged ?? Charged };

    public JobState? Cancel(string reason, DateTimeOffset now, long? charged = null) =>
        End(JobStatus.Cancelled, reason, now) is not { } next ? null : next with { Charged = charged ?? Charged };

    public JobState? Expire(string reason, DateTimeOffset now) => End(JobStatus.Expired, reason, now);

    /// <summary>
    /// What the time has come for (J1); null when for nothing yet. A job that becomes ready keeps its status and has no event.
    /// </summary>
    public JobState? Wake(DateTimeOffset now)
    {
        if (FinishBy <= now) return Status == JobStatus.Queued ? Expire("finish_by", now) : Fail(FinishedTooLate, charged: null, now);
        if (IsAdrift && Expiry <= now) return Fail(NobodyDecided, charged: null, now);
        if (Status != JobStatus.Queued) return null;
        if (StartBy <= now) return Expire("start_by", now);
        if (Expiry <= now) return Expire("queue_age", now);
        return NotBefore <= now ? this with { NotBefore = null } : null;
    }

    private const string RestoredReason = "restored";

    private static readonly JobError NobodyDecided = new(
        RestoredReason,
        "The gateway was restored from a backup in which this job was queued; whether it ran since is not known, and no operator decided " +
            "in time.");

    private static readonly JobError FinishedTooLate = new("finish_by", "The job had not finished by its 'finishBy'.");

    private static DateTimeOffset? Earliest(DateTimeOffset? one, DateTimeOffset? other) => one < other || other is null ? one : other;

    /// <summary>Notes a cancel that cannot be applied yet; the next legal edge applies it.</summary>
    public JobState RequestCancel() => this with { CancelRequested = true };

    private JobState? End(JobStatus status, string? reason, DateTimeOffset now) =>
        To(status, reason) is not { } next ? null : next with { FinishedAt = now };

    private JobState? To(JobStatus status, string? reason) =>
        JobEdges.Allows(Status, status) ? this with { Status = status, Reason = reason, Seq = Seq + 1, Progress = null } : null;
}
