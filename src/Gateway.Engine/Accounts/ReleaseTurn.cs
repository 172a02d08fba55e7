using Gateway.Engine.Turns;
using Gateway.Model.Accounts;
using Gateway.Model.Ids;

namespace Gateway.Engine.Accounts;

/// <summary>Frees a call's slot and settles its credits. Doing it again changes nothing.</summary>
internal sealed class ReleaseTurn(AccountId id, LeaseId lease, Settlement settlement) : Turn<bool>
{
    public override TurnClass Class => TurnClass.Obligation;

    public override AccountId? Account => id;

    protected override bool Run(TurnScope scope) => scope.Release(id, lease, settlement) is not null;
}
