using Gateway.Engine.Turns;
using Gateway.Model.Accounts;
using Gateway.Model.Ids;

namespace Gateway.Engine.Accounts;

internal static class AccountScope
{
    extension(TurnScope scope)
    {
        /// <summary>Releases a lease within a turn: slot, credits, charge and health together. Null when it was released before.</summary>
        public Charge? Release(AccountId id, LeaseId lease, Settlement settlement)
        {
            if (scope.Account(id) is not { } account) return null;
            var team = account.FindLease(lease)?.Team;
            var (next, charge) = account.Release(lease, settlement, scope.Now);
            if (charge is null) return null;
            scope.Put(next.ForgetUnneededSecret());
            scope.Put(charge);
            if (team is { } limited) scope.Settle(limited, lease, charge.Charged);
            return charge;
        }
    }
}
