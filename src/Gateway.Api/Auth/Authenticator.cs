using System.Collections.Concurrent;
using Gateway.Engine.Security;
using Gateway.Engine.Storage;
using Gateway.Grains.Security;
using Gateway.Model.Ids;

namespace Gateway.Api.Auth;

/// <summary>Finds who a token belongs to. Answers are kept up to 5 seconds (S2): a revoked token lives no longer.</summary>
internal sealed class Authenticator(AdminToken admin, GatewayKeys keys, IQueryStore queries, TimeProvider time)
{
    /// <summary>The longest token looked at; what is longer is nobody's, and is not kept.</summary>
    public const int MaxTokenLength = 512;

    private const int MostKept = 10_000;
    private static readonly TimeSpan Kept = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, (Caller? Caller, long ReadAt)> _known = new(StringComparer.Ordinal);

    /// <summary>The caller, or null when the token is unknown or expired.</summary>
    public async ValueTask<Caller?> FindAsync(string token, CancellationToken cancellationToken)
    {
        if (token.Length > MaxTokenLength) return null;
        if (_known.TryGetValue(token, out var known) && time.GetElapsedTime(known.ReadAt) < Kept) return known.Caller;

        var readAt = time.GetTimestamp();
        var caller = admin.Matches(token)
            ? new Caller(TeamId.Default, IsAdmin: true, "admin")
            : await FindTeamAsync(token, cancellationToken);
        if (_known.Count >= MostKept) _known.Clear(); // a flood of made-up tokens costs look-ups, not memory
        _known[token] = (caller, readAt);
        return caller;
    }

    private async Task<Caller?> FindTeamAsync(string token, CancellationToken cancellationToken)
    {
        if (await queries.TokenAsync(keys.Hash(token), cancellationToken) is not { } found) return null;
        if (found.ExpiresAt <= time.GetUtcNow()) return null;
        return new Caller(found.Team, found.Scopes.Contains(Scopes.Admin), $"token {found.Id}");
    }
}
