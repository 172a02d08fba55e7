using System.Security.Cryptography;
using Gateway.Engine.Storage;
using Gateway.Model.Ids;
using Gateway.Model.Webhooks;

namespace Gateway.Engine.Security;

/// <summary>
/// What a team's webhooks are signed with. Made when it is first asked for; after a rotation the old one signs too for a day,
/// so that no receiver has to change in the same instant.
/// </summary>
internal sealed class WebhookSecrets(IWebhookStore store, GatewayKeys keys, TimeProvider time)
{
    /// <summary>How long an old secret signs beside the new one.</summary>
    public static readonly TimeSpan Overlap = TimeSpan.FromHours(24);

    private const string Prefix = "whsec_";

    /// <summary>The secret a receiver is to check signatures with.</summary>
    public async Task<string> CurrentAsync(TeamId team, CancellationToken cancellationToken) =>
        keys.Open((await SettledAsync(team, cancellationToken)).Current);

    /// <summary>Makes a new one; of two at once both callers are told the one that counts.</summary>
    public async Task<string> RotateAsync(TeamId team, CancellationToken cancellationToken)
    {
        var before = await SettledAsync(team, cancellationToken);
        var after = new SealedSecrets(keys.Seal(New()), before.Current, time.GetUtcNow() + Overlap);
        await store.ReplaceSecretsAsync(team, before.Current, after, cancellationToken);
        return await CurrentAsync(team, cancellationToken);
    }

    /// <summary>The keys that sign now, the current one first.</summary>
    public async Task<IReadOnlyList<byte[]>> SigningKeysAsync(TeamId team, CancellationToken cancellationToken)
    {
        var secrets = await SettledAsync(team, cancellationToken);
        return secrets is { Previous: { } previous, PreviousUntil: { } until } && until > time.GetUtcNow()
            ? [KeyOf(secrets.Current), KeyOf(previous)]
            : [KeyOf(secrets.Current)];
    }

    private async Task<SealedSecrets> SettledAsync(TeamId team, CancellationToken cancellationToken) =>
        await store.SecretsAsync(team, cancellationToken) ?? await store.SettleSecretAsync(team, keys.Seal(New()), cancellationToken);

    // Standard Webhooks: 24 to 64 random bytes in base64 behind a prefix that secret scanners can find.
    private static string New() => Prefix + Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    private byte[] KeyOf(string sealedSecret) => Convert.FromBase64String(keys.Open(sealedSecret)[Prefix.Length..]);
}
