using Gateway.Engine.Turns;
using Gateway.Model.Accounts;
using Gateway.Model.Ids;

namespace Gateway.Engine.Accounts;

/// <summary>An admin's change of an account. Answers null when there is none.</summary>
internal sealed class ChangeAccountTurn(
    AccountId id, string actor, string action, Func<AccountState, AccountState> change) : Turn<AccountState?>
{
    public override TurnClass Class => TurnClass.Admission;

    public override AccountId? Account => id;

    protected override AccountState? Run(TurnScope scope)
    {
        if (scope.Account(id) is not { Deleted: false } account) return null;
        var changed = change(account.RollDay(scope.Now));
        scope.Put(changed);
        scope.Put(new AuditEntry(actor, action, id.Value, Detail: null, scope.Now));
        return changed;
    }
}
