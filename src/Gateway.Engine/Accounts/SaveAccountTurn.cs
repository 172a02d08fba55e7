using Gateway.Engine.Turns;
using Gateway.Model.Accounts;
using Gateway.Model.Ids;

namespace Gateway.Engine.Accounts;

/// <summary>Creates, updates or revives an account. Answers null when its leases forbid the move (L8).</summary>
internal sealed class SaveAccountTurn(AccountSpec spec, string actor) : Turn<AccountState?>
{
    public override TurnClass Class => TurnClass.Admission;

    public override AccountId? Account => spec.Id;

    public override int Bytes => 8 * 1024;

    protected override AccountState? Run(TurnScope scope)
    {
        if (spec.ApplyTo(scope.Account(spec.Id), scope.Now) is not { } saved) return null;
        scope.Put(saved);
        if (spec.TokenHash is { } hash) scope.Put(new TokenClaim(spec.Id, hash));
        scope.Put(new AuditEntry(actor, "account.save", spec.Id.Value, Detail: null, scope.Now));
        return saved;
    }
}
