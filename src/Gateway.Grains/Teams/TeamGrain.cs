using System.Buffers.Text;
using System.Security.Cryptography;
using Gateway.Grains.Security;
using Gateway.Grains.Turns;

namespace Gateway.Grains.Teams;

/// <summary>A caller of the gateway: its share, its limits and its tokens.</summary>
internal sealed class TeamGrain(BatchRunner runner, GatewayKeys keys)
{
    /// <summary>Creates a team. A name that is taken is refused by the store.</summary>
    public Task<TeamState> CreateAsync(string name, int weight, TeamLimits limits, string actor, CancellationToken cancellationToken) =>
        runner.RunAsync(new CreateTeamTurn(TeamId.New(), name, weight, limits, actor), cancellationToken);

    /// <summary>Changes a team; null when there is none. Limits count what starts from now on.</summary>
    public Task<TeamState?> ChangeAsync(TeamId id, TeamPatch patch, string actor, CancellationToken cancellationToken) =>
        runner.RunAsync(new ChangeTeamTurn(id, patch, actor), cancellationToken);

    /// <summary>Creates a token. It is returned once and kept only as a hash.</summary>
    public async Task<(ApiToken Token, string Secret)> CreateTokenAsync(TeamId team, string[] scopes, DateTimeOffset? expiresAt, string actor, CancellationToken cancellationToken)
    {
        var secret = NewSecret();
        var id = "tok_" + Guid.CreateVersion7().ToString("N");
        return (await runner.RunAsync(new CreateTokenTurn(id, keys.Hash(secret), team, scopes, expiresAt, actor), cancellationToken), secret);
    }

    /// <summary>Ends a token, and its open streams when they next ask who is listening (S2). One that has ended stays as it is.</summary>
    public Task RevokeTokenAsync(ApiToken token, string actor, CancellationToken cancellationToken) =>
        runner.RunAsync(new RevokeTokenTurn(token, actor), cancellationToken);

    /// <summary>A fresh token: 256 random bits behind a prefix that secret scanners can find.</summary>
    public static string NewSecret() => "gw_" + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
}

internal sealed class CreateTeamTurn(TeamId id, string name, int weight, TeamLimits limits, string actor) : Turn<TeamState>
{
    public override TurnClass Class => TurnClass.Admission;

    protected override TeamState Run(TurnScope scope)
    {
        var team = new TeamState(id, name, weight, scope.Now) { Limits = limits };
        scope.Put(team);
        scope.Put(new AuditEntry(actor, "team.create", id.Value, Detail: null, scope.Now));
        return team;
    }
}

internal sealed class ChangeTeamTurn(TeamId id, TeamPatch patch, string actor) : Turn<TeamState?>
{
    public override TurnClass Class => TurnClass.Admission;

    public override TeamId? Team => id;

    protected override TeamState? Run(TurnScope scope)
    {
        if (scope.Team(id) is not { } team) return null;
        var changed = patch.Apply(team.Team);
        scope.Put(changed);
        scope.Put(new AuditEntry(actor, "team.change", id.Value, Detail: null, scope.Now));
        return changed;
    }
}

internal sealed class CreateTokenTurn(string id, string hash, TeamId team, string[] scopes, DateTimeOffset? expiresAt, string actor) : Turn<ApiToken>
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
