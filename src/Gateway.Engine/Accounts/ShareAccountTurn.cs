using Gateway.Engine.Turns;
using Gateway.Model.Accounts;
using Gateway.Model.Ids;

namespace Gateway.Engine.Accounts;

/// <summary>
/// Makes an id another name for the account that has its credential (V18). Answers null when it has running work of its own.
/// </summary>
internal sealed class ShareAccountTurn(AccountSpec spec, AccountId first, string actor) : Turn<AccountState?>
{
    public override TurnClass Class => TurnClass.Admission;

    public override AccountId? Account => spec.Id;

    protected override AccountState? Run(TurnScope scope)
    {
        if (spec.ShareWith(first, scope.Account(spec.Id), scope.Now) is not { } saved) return null;
        scope.Put(saved);
        scope.Put(new TokenClaim(spec.Id, Hash: null));
        scope.Put(new AuditEntry(actor, "account.share", spec.Id.Value, $"with {first}", scope.Now));
        return saved;
    }
}
