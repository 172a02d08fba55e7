using Gateway.Grains.Accounts;
using Gateway.Grains.Turns;
using Gateway.Grains.Upstreams;

namespace Gateway.Grains.Jobs;

/// <summary>What a submit answered.</summary>
internal abstract record SubmitResult
{
    /// <summary>The job is durable. With a lease it is already submitting, and the caller must send it.</summary>
    internal sealed record Created(JobState Job, Lease? Lease) : SubmitResult;

    /// <summary>The key was used before with the same body.</summary>
    internal sealed record Replayed(IdempotencyRecord Record) : SubmitResult;

    /// <summary>The key was used before with another body.</summary>
    internal sealed record KeyReused : SubmitResult;

    /// <summary>The caller does not want to queue and the account refused; no job, no key used (J11).</summary>
    internal sealed record NoCapacity(Refusal Refusal) : SubmitResult;
}

/// <summary>Where a submit would like to run at once.</summary>
/// <param name="Account">The account the router picked.</param>
/// <param name="Lease">What to ask of it.</param>
internal sealed record DirectDispatch(AccountId Account, LeaseRequest Lease);

/// <summary>
/// Creates a job and, when an account was picked, dispatches it in the same turn (J11). Idempotency is checked before
/// anything else and a refusal consumes no key (P5).
/// </summary>
internal sealed class SubmitJobTurn(
    JobState job,
    byte[]? smallRequest,
    IdempotencyRecord? record,
    DirectDispatch? direct,
    bool mayQueue,
    KindLimits limits) : Turn<SubmitResult>
{
    public override TurnClass Class => TurnClass.Admission;

    public override AccountId? Account => direct?.Account;

    public override IdempotencyKey? Key => record?.Key;

    public override int Bytes => 2048 + (smallRequest?.Length ?? 0);

    protected override SubmitResult Run(TurnScope scope)
    {
        if (record is not null && scope.Record(record.Key) is { } used && used.ExpiresAt > scope.Now)
            return used.Fingerprint == record.Fingerprint ? new SubmitResult.Replayed(used) : new SubmitResult.KeyReused();

        var (lease, refusal) = TryAcquire(scope);
        if (lease is null && !mayQueue) return new SubmitResult.NoCapacity(refusal ?? new Refusal(RefusalReason.NoFreeSlot));

        var queued = job with { CreatedAt = scope.Now, Status = JobStatus.Queued, Seq = 1 };
        scope.Put(queued);
        if (smallRequest is not null) scope.Put(new BodyWrite(job.Id, BodyPart.Request, smallRequest));
        if (record is not null) scope.Put(record with { ExpiresAt = scope.Now + IdempotencyKey.Kept });
        if (lease is null) return new SubmitResult.Created(queued, null);

        var dispatched = queued.Dispatch(lease, direct!.Account, scope.Now)!;
        scope.Put(dispatched);
        return new SubmitResult.Created(dispatched, lease);
    }

    // The job is durable and stays; the slot is given back and the dispatcher finds the job in its lane.
    protected override Turn? Compensate(SubmitResult result) =>
        result is SubmitResult.Created { Lease: { } lease } created
            ? new EndAttemptTurn(direct!.Account, lease.Id, created.Job.Id, lease.Attempt, new AttemptEnd.NotSent("the caller left"))
            : null;

    private (Lease? Lease, Refusal? Refusal) TryAcquire(TurnScope scope)
    {
        if (direct is null || scope.Account(direct.Account) is not { } account) return (null, null);
        var (next, lease, refusal) = account.Acquire(direct.Lease, limits[direct.Lease.Work.Kind], scope.Now);
        if (lease is not null) scope.Put(next);
        return (lease, refusal);
    }
}

/// <summary>What a dispatch answered.</summary>
/// <param name="Job">The job as it is now; null when it is gone.</param>
/// <param name="Lease">The lease, when it was dispatched.</param>
/// <param name="Refusal">The account's refusal; null when the job was no longer queued.</param>
internal sealed record DispatchResult(JobState? Job, Lease? Lease, Refusal? Refusal);

/// <summary>Q1: the dispatcher proposed this job for this account; the turn re-checks both and takes the slot.</summary>
internal sealed class DispatchTurn(JobId id, AccountId account, LeaseRequest request, KindLimits limits) : Turn<DispatchResult>
{
    public override TurnClass Class => TurnClass.Admission;

    public override AccountId? Account => account;

    public override JobId? Job => id;

    protected override DispatchResult Run(TurnScope scope)
    {
        if (scope.Job(id) is not { } job) return new DispatchResult(null, null, null);
        if (job.Status != JobStatus.Queued || job.Attempt + 1 != request.Attempt) return new DispatchResult(job, null, null);
        if (scope.Account(account) is not { } state) return new DispatchResult(job, null, new Refusal(RefusalReason.Deleted));

        var (next, lease, refusal) = state.Acquire(request, limits[job.Kind], scope.Now);
        if (lease is null) return new DispatchResult(job, null, refusal);

        var dispatched = job.Dispatch(lease, account, scope.Now)!;
        scope.Put(next);
        scope.Put(dispatched);
        return new DispatchResult(dispatched, lease, null);
    }

    protected override Turn? Compensate(DispatchResult result) =>
        result.Lease is { } lease ? new EndAttemptTurn(account, lease.Id, id, lease.Attempt, new AttemptEnd.NotSent("the dispatcher left")) : null;
}

/// <summary>The upstream's task id: evidence, saved on its own as soon as it is known (J3).</summary>
internal sealed class NoteTaskTurn(AccountId account, LeaseId lease, JobId id, int attempt, string taskId) : Turn<JobState?>
{
    public override TurnClass Class => TurnClass.Obligation;

    public override AccountId? Account => account;

    public override JobId? Job => id;

    protected override JobState? Run(TurnScope scope)
    {
        if (scope.Account(account) is { } state) scope.Put(state.NoteTask(lease, taskId));
        if (scope.Job(id) is not { } job || !job.IsAt(attempt)) return scope.Job(id);
        if (job.Run(taskId) is not { } running) return job;

        scope.Put(running);
        return running.CancelRequested ? scope.CancelNow(running) : running;
    }
}

/// <summary>How an attempt ended.</summary>
internal abstract record AttemptEnd
{
    /// <summary>The upstream delivered.</summary>
    /// <param name="Result">Where the result lies.</param>
    /// <param name="SmallResult">The result itself, when it is saved with the turn.</param>
    /// <param name="FileId">The upstream's file.</param>
    /// <param name="Reported">Credits the upstream reported.</param>
    internal sealed record Succeeded(BodyRef Result, byte[]? SmallResult, string? FileId, long? Reported) : AttemptEnd;

    /// <summary>The upstream said no, at submit or later.</summary>
    internal sealed record Failed(UpstreamError Error) : AttemptEnd;

    /// <summary>Nobody knows and the time is up: <c>hardEnd</c>, or an operator (L4, J4).</summary>
    internal sealed record Lapsed(JobError Error) : AttemptEnd;

    /// <summary>The longest time of the kind is over, and nobody knows more (L4, J4).</summary>
    public static readonly AttemptEnd PastHardEnd = new Lapsed(new JobError("hard_end", "The upstream did not finish within the longest time this kind may take."));

    /// <summary>It is proven that nothing was sent: unbilled, back into the queue, and no account is to blame.</summary>
    internal sealed record NotSent(string Why) : AttemptEnd;

    public Settlement Settle(string? model) => this switch
    {
        Succeeded succeeded => new Settlement.Done(succeeded.Reported),
        Failed failed => Settlement.For(failed.Error, model),
        Lapsed lapsed => new Settlement.Lapsed(lapsed.Error.Message),
        NotSent => new Settlement.Unbilled(),
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}

/// <summary>
/// Ends an attempt: the job moves, the slot is freed, the credits settle and the event is written, together. Evidence is
/// always accepted (J2): on a job that has ended otherwise, only the slot and the ledger move.
/// </summary>
internal sealed class EndAttemptTurn(AccountId account, LeaseId lease, JobId id, int attempt, AttemptEnd end) : Turn<JobState?>
{
    public override TurnClass Class => TurnClass.Obligation;

    public override AccountId? Account => account;

    public override JobId? Job => id;

    public override int Bytes => 2048 + ((end as AttemptEnd.Succeeded)?.SmallResult?.Length ?? 0);

    protected override JobState? Run(TurnScope scope)
    {
        var job = scope.Job(id);
        var charge = scope.Release(account, lease, end.Settle(job?.Model));
        if (job is null) return null;

        if (!job.IsAt(attempt)) return NoteOnly(scope, job, charge);
        if (Next(job, charge, scope.Now) is not { } next) return job;

        if (end is AttemptEnd.Succeeded { SmallResult: { } result }) scope.Put(new BodyWrite(id, BodyPart.Result, result));
        scope.Put(next);
        return next;
    }

    private JobState? Next(JobState job, Charge? charge, DateTimeOffset now) => end switch
    {
        AttemptEnd.Succeeded succeeded => job.Succeed(succeeded.Result, succeeded.FileId, charge?.Charged ?? job.Reserved, now),
        AttemptEnd.Failed failed => AfterFailure(job, failed.Error, charge, now),
        AttemptEnd.Lapsed lapsed => job.Fail(lapsed.Error, charge?.Charged, now),
        AttemptEnd.NotSent when job.CancelRequested => job.Cancel("cancelled before it was sent", now),
        AttemptEnd.NotSent notSent => job.Requeue($"not sent: {notSent.Why}"),
        _ => null,
    };

    private JobState? AfterFailure(JobState job, UpstreamError error, Charge? charge, DateTimeOffset now)
    {
        // A paid attempt is not repeated by our own doing; an unpaid one is, while another answer is possible (J1, J7, J10).
        var mayRetry = error.IsRetryable && error.Billed == Billed.No;
        if (!mayRetry) return job.Fail(ErrorOf(error), charge?.Charged, now);
        if (job.CancelRequested) return job.Cancel("cancelled before it was accepted", now);
        return job.Attempt >= JobState.MaxAttempts
            ? job.Fail(new JobError("attempts_exhausted", $"{job.Attempt} attempts were refused, last: {error.Describe()}", error.Code), charge?.Charged, now)
            : job.Requeue(new JobRefusal(account, attempt, error.Describe()));
    }

    private static JobError ErrorOf(UpstreamError error) =>
        new(error.Class == ErrorClass.Moderation ? "moderated" : "upstream_error", error.Message, error.Code);

    // A job that was cancelled while the upstream worked on: what it cost becomes a note on it.
    private JobState NoteOnly(TurnScope scope, JobState job, Charge? charge)
    {
        if (charge is null || job.Attempt != attempt || !job.Status.IsTerminal) return job;
        var noted = job with { Charged = charge.Charged };
        scope.Put(noted);
        return noted;
    }
}

/// <summary>Nobody can tell whether the upstream took the attempt; slot and reservation stay (J4).</summary>
internal sealed class LoseSightTurn(JobId id, int attempt, string reason) : Turn<JobState?>
{
    public override TurnClass Class => TurnClass.Obligation;

    public override JobId? Job => id;

    protected override JobState? Run(TurnScope scope)
    {
        if (scope.Job(id) is not { } job || !job.IsAt(attempt)) return scope.Job(id);
        if (job.LoseSight(reason) is not { } unknown) return job;

        scope.Put(unknown);
        return unknown.CancelRequested ? scope.CancelNow(unknown) : unknown;
    }
}

/// <summary>Why a running job shows no progress (J8); null clears it. No change of status, so no event.</summary>
internal sealed class ExplainTurn(JobId id, int attempt, string? reason) : Turn<bool>
{
    public override TurnClass Class => TurnClass.Obligation;

    public override JobId? Job => id;

    protected override bool Run(TurnScope scope)
    {
        if (scope.Job(id) is not { } job || !job.IsAt(attempt) || job.Reason == reason) return false;
        scope.Put(job with { Reason = reason });
        return true;
    }
}

/// <summary>
/// A caller's cancel. Queued ends at once; while the request is being sent it is remembered; running and unknown end for the
/// caller while the slot is followed to the upstream's own end (L4). Idempotent: a job that has ended stays as it is.
/// </summary>
internal sealed class CancelJobTurn(JobId id) : Turn<JobState?>
{
    public override TurnClass Class => TurnClass.Obligation;

    public override JobId? Job => id;

    protected override JobState? Run(TurnScope scope)
    {
        if (scope.Job(id) is not { } job || job.Status.IsTerminal) return scope.Job(id);
        if (job.Status != JobStatus.Submitting) return scope.CancelNow(job);

        var remembered = job.RequestCancel();
        scope.Put(remembered);
        return remembered;
    }
}

/// <summary>Fails a job that waits for what will never come, such as a deleted account (L8).</summary>
internal sealed class FailQueuedTurn(JobId id, JobError error) : Turn<JobState?>
{
    public override TurnClass Class => TurnClass.Obligation;

    public override JobId? Job => id;

    protected override JobState? Run(TurnScope scope)
    {
        if (scope.Job(id) is not { Status: JobStatus.Queued } job) return scope.Job(id);
        var failed = job.Fail(error, charged: 0, scope.Now)!;
        scope.Put(failed);
        return failed;
    }
}

/// <summary>The queue's age limit, or a deadline: queued → expired, unbilled (J1).</summary>
internal sealed class ExpireQueuedTurn(JobId id, string reason) : Turn<JobState?>
{
    public override TurnClass Class => TurnClass.Obligation;

    public override JobId? Job => id;

    protected override JobState? Run(TurnScope scope)
    {
        if (scope.Job(id) is not { Status: JobStatus.Queued } job) return scope.Job(id);
        var expired = job.Expire(reason, scope.Now)!;
        scope.Put(expired);
        return expired;
    }
}

/// <summary>Keeps what a submit answered, so that the same key gives the same answer.</summary>
internal sealed class KeepAnswerTurn(IdempotencyKey key, JobId job, StoredAnswer answer) : Turn<bool>
{
    public override TurnClass Class => TurnClass.Obligation;

    public override IdempotencyKey? Key => key;

    public override int Bytes => 512 + answer.Body.Length;

    protected override bool Run(TurnScope scope)
    {
        // A key that expired meanwhile may name another job by now.
        if (scope.Record(key) is not { Answer: null } record || record.Job != job) return false;
        scope.Put(record with { Answer = answer });
        return true;
    }
}

/// <summary>Reads a key's record; for the rare answer that depends on it without a submit.</summary>
internal sealed class LookUpKeyTurn(IdempotencyKey key) : Turn<IdempotencyRecord?>
{
    public override TurnClass Class => TurnClass.Admission;

    public override IdempotencyKey? Key => key;

    protected override IdempotencyRecord? Run(TurnScope scope) => scope.Record(key) is { } record && record.ExpiresAt > scope.Now ? record : null;
}

internal static class JobScope
{
    extension(TurnScope scope)
    {
        public JobState CancelNow(JobState job)
        {
            var cancelled = job.Cancel("cancelled by the caller", scope.Now)!;
            scope.Put(cancelled);
            return cancelled;
        }
    }
}
