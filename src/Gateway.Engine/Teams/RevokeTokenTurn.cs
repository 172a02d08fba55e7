using Gateway.Engine.Turns;
using Gateway.Model.Teams;

namespace Gateway.Engine.Teams;

internal sealed class RevokeTokenTurn(ApiToken token, string actor) : Turn<ApiToken>
{
    public override TurnClass Class => TurnClass.Admission;

    // Only its end ever changes, so what the caller has read will do: two who revoke at once both end it.
    protected override ApiToken Run(TurnScope scope)
    {
        if (token.ExpiresAt <= scope.Now) return token;
        var revoked = token with { ExpiresAt = scope.Now };
        scope.Put(revoked);
        scope.Put(new AuditEntry(actor, "token.revoke", token.Id, $"team {token.Team}", scope.Now));
        return revoked;
    }
}
