using Gateway.Engine.Security;
using Gateway.Model.Accounts;

namespace Gateway.Engine.Upstreams;

/// <summary>Turns an account into what a driver needs, decrypting its secret just before a request.</summary>
internal sealed class Credentials(GatewayKeys keys)
{
    public string Seal(string secret) => keys.Seal(secret);

    /// <summary>What one credential is told from another by (V18).</summary>
    public string Hash(string secret) => keys.HashOfCredential(secret);

    /// <summary>Null when the account's secret is gone (a tombstone without leases).</summary>
    public UpstreamAccount? For(AccountState account) =>
        account.SealedSecret.Length == 0
            ? null
            : new UpstreamAccount(account.Id, account.BaseUrl, keys.Open(account.SealedSecret), account.GroupId);
}
