using Gateway.Engine.Turns;
using Gateway.Model.Accounts;
using Gateway.Model.Ids;

namespace Gateway.Engine.Accounts;

/// <summary>Gives a dead incarnation's lease to this one (L5). Answers the lease, or null when somebody was quicker.</summary>
internal sealed class AdoptLeaseTurn(AccountId id, LeaseId lease, string from) : Turn<Lease?>
{
    public override TurnClass Class => TurnClass.Obligation;

    public override AccountId? Account => id;

    protected override Lease? Run(TurnScope scope)
    {
        if (scope.Account(id) is not { } account || account.FindLease(lease) is not { } found || found.Owner != from) return null;
        var adopted = account.Adopt(lease, scope.Owner);
        scope.Put(adopted);
        return adopted.FindLease(lease);
    }
}
