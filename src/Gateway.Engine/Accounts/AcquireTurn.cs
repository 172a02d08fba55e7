using Gateway.Engine.Teams;
using Gateway.Engine.Turns;
using Gateway.Model.Accounts;
using Gateway.Model.Ids;
using Gateway.Model.Kinds;

namespace Gateway.Engine.Accounts;

/// <summary>Asks an account for a lease.</summary>
internal sealed class AcquireTurn(AccountId id, LeaseRequest request, KindLimits limits) : Turn<AcquireResult>
{
    public override TurnClass Class => TurnClass.Admission;

    public override AccountId? Account => id;

    public override TeamId? Team => request.Team;

    protected override AcquireResult Run(TurnScope scope)
    {
        if (scope.Account(id) is not { } account) return new AcquireResult(null, null, new Refusal(RefusalReason.Deleted));
        var (next, lease, refusal) = scope.Acquire(account, request, limits[request.Work.Kind]);
        return new AcquireResult(next, lease, refusal);
    }

    protected override bool TryYield(HeldRow row, out AcquireResult result)
    {
        result = new AcquireResult(null, null, new Refusal(RefusalReason.Contended));
        return !request.IsPatient;
    }

    protected override Turn? Compensate(AcquireResult result) =>
        result.Lease is { } lease ? new ReleaseTurn(id, lease.Id, new Settlement.NotSent()) : null;
}
