using Gateway.Engine.Teams;
using Gateway.Engine.Turns;
using Gateway.Model.Accounts;
using Gateway.Model.Ids;
using Gateway.Model.Kinds;

namespace Gateway.Engine.Jobs;

/// <summary>Q1: the dispatcher proposed this job for this account; the turn re-checks both and takes the slot.</summary>
internal sealed class DispatchTurn(JobId id, AccountId account, LeaseRequest request, KindLimits limits) : Turn<DispatchResult>
{
    public override TurnClass Class => TurnClass.Admission;

    public override AccountId? Account => account;

    public override JobId? Job => id;

    public override TeamId? Team => request.Team;

    protected override DispatchResult Run(TurnScope scope)
    {
        if (scope.Job(id) is not { } job) return new DispatchResult(null, null, null);
        if (job.Status != JobStatus.Queued || job.Attempt + 1 != request.Attempt || job.NotBefore > scope.Now)
            return new DispatchResult(job, null, null);
        if (scope.Account(account) is not { } state) return new DispatchResult(job, null, new Refusal(RefusalReason.Deleted));

        var (_, lease, refusal) = scope.Acquire(state, request, limits[job.Kind]);
        if (lease is null) return new DispatchResult(job, null, refusal);

        var dispatched = job.Dispatch(lease, account, scope.Now)!;
        scope.Put(dispatched);
        return new DispatchResult(dispatched, lease, null, state);
    }

    // Whoever holds the job does something about it: no other account helps.
    protected override bool TryYield(HeldRow row, out DispatchResult result)
    {
        result = new DispatchResult(null, null, row == HeldRow.Account ? new Refusal(RefusalReason.Contended) : null);
        return row == HeldRow.Job || !request.IsPatient;
    }

    protected override Turn? Compensate(DispatchResult result) =>
        result.Lease is { } lease
            ? new EndAttemptTurn(account, lease.Id, id, lease.Attempt, new AttemptEnd.NotSent("the dispatcher left"))
            : null;
}
