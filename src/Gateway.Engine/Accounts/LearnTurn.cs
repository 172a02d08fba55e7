using Gateway.Engine.Turns;
using Gateway.Model.Answers;
using Gateway.Model.Ids;

namespace Gateway.Engine.Accounts;

/// <summary>
/// Learns from an answer that settles no lease: a poll, a first try. An answer to a credential that has been replaced since teaches
/// nothing.
/// </summary>
/// <param name="id">Which account.</param>
/// <param name="error">What it said.</param>
/// <param name="sentWith">The credential, sealed.</param>
/// <param name="team">Whose work it was about; null for nobody's.</param>
/// <param name="isRead">It answered a caller's read.</param>
internal sealed class LearnTurn(AccountId id, UpstreamError error, string sentWith, TeamId? team = null, bool isRead = false) : Turn<bool>
{
    public override TurnClass Class => TurnClass.Obligation;

    public override AccountId? Account => id;

    protected override bool Run(TurnScope scope)
    {
        if (scope.Account(id) is not { } account || account.SealedSecret != sentWith) return false;
        var health = isRead
            ? account.Health.AfterRead(error, scope.Now)
            : account.Health.After(error, model: null, scope.Now, operation: null, team);
        if (ReferenceEquals(health, account.Health)) return false;
        scope.Put(account with { Health = health });
        return true;
    }
}
