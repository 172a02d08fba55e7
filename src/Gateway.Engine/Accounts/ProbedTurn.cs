using Gateway.Engine.Turns;
using Gateway.Model.Answers;
using Gateway.Model.Ids;

namespace Gateway.Engine.Accounts;

/// <summary>Settles a doubt about an account, or keeps it up, by what a probe of it met. Answers whether the account learned.</summary>
/// <param name="id">Which account.</param>
/// <param name="probe">The probe.</param>
/// <param name="error">What it met; null when all is well.</param>
/// <param name="actor">The admin who asked; null for the gateway itself.</param>
internal sealed class ProbedTurn(AccountId id, Probe probe, UpstreamError? error, string? actor) : Turn<bool>
{
    public override TurnClass Class => actor is null ? TurnClass.Obligation : TurnClass.Admission;

    public override AccountId? Account => id;

    protected override bool Run(TurnScope scope)
    {
        if (scope.Account(id) is not { Deleted: false } account) return false;
        if (actor is not null) scope.Put(new AuditEntry(actor, "account.validate", id.Value, Detail: null, scope.Now));
        if (account.SealedSecret != probe.SentWith) return false;
        if (error is not null && probe.Due is { } due && due != account.Health.ProbeAt) return false;
        scope.Put(account with { Health = account.Health.AfterProbe(error, scope.Now) });
        return true;
    }
}
