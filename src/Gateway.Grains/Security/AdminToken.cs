using System.Security.Cryptography;
using System.Text;
using Gateway.Engine.Security;
using Gateway.Engine.Storage;
using Gateway.Grains.Teams;

namespace Gateway.Grains.Security;

/// <summary>The admin's token: set by the operator, or generated at first start. Kept only as a hash.</summary>
internal sealed class AdminToken(GatewayKeys keys, string hash)
{
    private const string Setting = "admin_token_hash";

    /// <summary>The fewest characters of a token an operator sets.</summary>
    public const int MinLength = 16;

    private readonly byte[] _hash = Encoding.ASCII.GetBytes(hash);

    public bool Matches(string token) => CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(keys.Hash(token)), _hash);

    /// <summary>
    /// The token in force. A generated one is answered too, once: when this start made it.
    /// </summary>
    public static async Task<(AdminToken Token, string? Generated)> LoadAsync(
        AdminTokenOptions options, GatewayKeys keys, IQueryStore queries, CancellationToken cancellationToken)
    {
        var configured = options.AdminToken;
        if (configured is { Length: > 0 and < MinLength })
            throw new GatewaySetupException(
                $"Gateway:AdminToken must have at least {MinLength} characters; make one with: openssl rand -hex 24");
        if (!string.IsNullOrEmpty(configured)) return (new AdminToken(keys, keys.Hash(configured)), null);

        var fresh = TeamGrain.NewSecret();
        var mine = keys.Hash(fresh);
        var settled = await queries.SettleAsync(Setting, mine, cancellationToken);
        return (new AdminToken(keys, settled), settled == mine ? fresh : null);
    }
}
