using Gateway.Engine.Teams;
using Gateway.Engine.Turns;
using Gateway.Model.Accounts;
using Gateway.Model.Ids;
using Gateway.Model.Jobs;
using Gateway.Model.Kinds;

namespace Gateway.Engine.Jobs;

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
    KindLimits limits,
    TimeSpan? maxQueueAge = null,
    TeamId? limitedTeam = null) : Turn<SubmitResult>
{
    public override TurnClass Class => TurnClass.Admission;

    public override AccountId? Account => direct?.Account;

    public override IdempotencyKey? Key => record?.Key;

    public override TeamId? Team => limitedTeam;

    public override int Bytes => 2048 + (smallRequest?.Length ?? 0);

    protected override SubmitResult Run(TurnScope scope)
    {
        if (record is not null && scope.Record(record.Key) is { } used && used.ExpiresAt > scope.Now)
            return used.Fingerprint == record.Fingerprint ? new SubmitResult.Replayed(used) : new SubmitResult.KeyReused();

        var (lease, refusal) = TryAcquire(scope);
        if (lease is null && !mayQueue) return new SubmitResult.NoCapacity(refusal ?? new Refusal(RefusalReason.NoFreeSlot));

        if (lease is null && scope.TakeQueuePlace(limitedTeam) is { } limit) return new SubmitResult.QueueFull(limit);

        var queued = Queue(scope.Now);
        scope.Put(queued);
        if (smallRequest is not null) scope.Put(new BodyWrite(job.Id, BodyPart.Request, smallRequest));
        if (record is not null) scope.Put(record with { ExpiresAt = scope.Now + IdempotencyKey.Kept });
        if (lease is null) return new SubmitResult.Created(queued);

        var dispatched = queued.Dispatch(lease, direct!.Account, scope.Now)!;
        scope.Put(dispatched);
        return new SubmitResult.Created(dispatched, lease, scope.Account(direct.Account));
    }

    // Another account is asked with the same job; the key is looked at there.
    protected override bool TryYield(HeldRow row, out SubmitResult result)
    {
        result = new SubmitResult.NoCapacity(new Refusal(RefusalReason.Contended));
        return !mayQueue && direct is { Lease.IsPatient: false };
    }

    // The job is durable and stays; the slot is given back and the dispatcher finds the job in its lane.
    protected override Turn? Compensate(SubmitResult result) =>
        result is SubmitResult.Created { Lease: { } lease } created
            ? new EndAttemptTurn(direct!.Account, lease.Id, created.Job.Id, lease.Attempt, new AttemptEnd.NotSent("the caller left"))
            : null;

    private JobState Queue(DateTimeOffset now)
    {
        var queued = job with { CreatedAt = now, Status = JobStatus.Queued, Seq = 1, NotBefore = job.RunAt > now ? job.RunAt : null };
        return queued with { QueueUntil = queued.WaitsSince + (maxQueueAge ?? JobState.DefaultMaxQueueAge) };
    }

    private (Lease? Lease, Refusal? Refusal) TryAcquire(TurnScope scope)
    {
        if (direct is null || job.RunAt > scope.Now || scope.Account(direct.Account) is not { } account) return (null, null);
        var (_, lease, refusal) = scope.Acquire(account, direct.Lease, limits[direct.Lease.Work.Kind]);
        return (lease, refusal);
    }
}
