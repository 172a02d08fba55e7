using Gateway.Engine.Turns;
using Gateway.Model.Ids;
using Gateway.Model.Jobs;
using Gateway.Model.Kinds;

namespace Gateway.Engine.Jobs;

/// <summary>
/// Takes back a job that was never dispatched, and frees its key: the caller is told that nobody was free, and a refusal
/// consumes no key (P5). False when it is under way or over.
/// </summary>
internal sealed class WithdrawJobTurn(JobId id, IdempotencyKey key) : Turn<bool>
{
    public override TurnClass Class => TurnClass.Obligation;

    public override JobId? Job => id;

    public override IdempotencyKey? Key => key;

    protected override bool Run(TurnScope scope)
    {
        if (scope.Job(id) is not { Status: JobStatus.Queued } job) return false;
        scope.Put(job.Cancel("nobody was free in time", scope.Now)!);
        if (scope.Record(key) is { } record && record.Job == id) scope.Put(record with { ExpiresAt = scope.Now });
        return true;
    }
}
