using Gateway.Engine.Security;
using Gateway.Engine.Storage;

namespace Gateway.Silo.Hosting;

/// <summary>
/// Accounts that were added before credentials were claimed (V18), or by a node of that version: each claims its own at a start. What two
/// have already is not taken from either; the operator is told.
/// </summary>
internal sealed class OlderAccounts(ITokenStore tokens, GatewayKeys keys, Action<string> tell)
{
    public async Task ClaimAsync(CancellationToken cancellationToken)
    {
        var unclaimed = await tokens.UnclaimedAsync(cancellationToken);
        var own = unclaimed.Where(account => account is { SharesWith: null, SealedSecret.Length: > 0 });
        foreach (var account in own.OrderBy(account => account.CreatedAt))
        {
            var hash = keys.HashOfCredential(keys.Open(account.SealedSecret));
            if (await tokens.ClaimAsync(account.Id, hash, cancellationToken)) continue;
            tell(
                $"Accounts {account.Id} and {await tokens.HolderAsync(hash, cancellationToken)} have the same token: together they run " +
                    $"more on it than either may. Delete one, or post it again with \"sharesToken\": true.");
        }
    }
}
