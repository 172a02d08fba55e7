using Gateway.Engine.Turns;
using Gateway.Model.Ids;
using Gateway.Model.Teams;

namespace Gateway.Engine.Teams;

internal sealed class CreateTokenTurn(
    string id, string hash, TeamId team, string[] scopes, DateTimeOffset? expiresAt, string actor) : Turn<ApiToken>
{
    public override TurnClass Class => TurnClass.Admission;

    protected override ApiToken Run(TurnScope scope)
    {
        var token = new ApiToken(id, hash, team, scopes, scope.Now, expiresAt);
        scope.Put(token);
        scope.Put(new AuditEntry(actor, "token.create", id, $"team {team}", scope.Now));
        return token;
    }
}
