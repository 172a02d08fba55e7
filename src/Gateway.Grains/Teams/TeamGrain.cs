using System.Buffers.Text;
using System.Security.Cryptography;
using Gateway.Engine.Security;
using Gateway.Engine.Teams;
using Gateway.Engine.Turns;
using Gateway.Model.Ids;
using Gateway.Model.Teams;

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
    public async Task<(ApiToken Token, string Secret)> CreateTokenAsync(
        TeamId team, string[] scopes, DateTimeOffset? expiresAt, string actor, CancellationToken cancellationToken)
    {
        var secret = NewSecret();
        var id = "tok_" + Guid.CreateVersion7().ToString("N");
        return (
            await runner.RunAsync(new CreateTokenTurn(id, keys.Hash(secret), team, scopes, expiresAt, actor), cancellationToken), secret);
    }

    /// <summary>Ends a token, and its open streams when they next ask who is listening (S2). One that has ended stays as it is.</summary>
    public Task RevokeTokenAsync(ApiToken token, string actor, CancellationToken cancellationToken) =>
        runner.RunAsync(new RevokeTokenTurn(token, actor), cancellationToken);

    /// <summary>A fresh token: 256 random bits behind a prefix that secret scanners can find.</summary>
    public static string NewSecret() => "gw_" + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
}
