using Gateway.Engine.Security;
using Gateway.Engine.Storage;
using Gateway.Engine.Turns;
using Gateway.Silo.Hosting;

namespace Gateway.Api.Commands;

/// <summary>Another encryption key for the same data.</summary>
internal sealed class RotateKeyCommand : GatewayCommand
{
    private const string NewKey = "Gateway:NewEncryptionKey";

    public override string Name => "rotate-key";

    public override string Summary => "seals every secret with another encryption key, while the gateway is stopped";

    public override string Help => """
        Seals the secrets of accounts and webhooks with the key in Gateway:NewEncryptionKey (in the environment:
        Gateway__NewEncryptionKey; base64 of 32 bytes, for example the output of: openssl rand -base64 32). The present key is
        found as the gateway finds it. Stop every node first.

        All in one transaction, or nothing. Afterwards the old key opens nothing that is in the database; it still opens backups
        from before. Tokens and callback addresses stay valid: what they are checked with is kept, sealed with the new key. A key
        file is replaced; where Gateway:EncryptionKey is set, set it to the new key before the next start.
        """;

    public override async Task RunAsync(CommandInput input, CancellationToken cancellationToken)
    {
        if (input.ConnectionString is null) input.NeedData();
        var text = input.Options.Get<KeyOptions>().NewEncryptionKey
            ?? throw new GatewaySetupException(
                "which key? Set Gateway__NewEncryptionKey in the environment to base64 of 32 bytes, for example the output of: openssl " +
                    "rand -base64 32");
        var fresh = GatewayKeys.TryParse(text)
            ?? throw new GatewaySetupException($"{NewKey} must be base64 of 32 bytes, for example the output of: openssl rand -base64 32");

        await using var store = GatewayEngine.OpenStore(input.Options, new StoreClock());
        await store.MigrateAsync(cancellationToken);
        var present = await KeyFile.CheckAsync(
            KeyFile.Load(input.EncryptionKey, input.ConnectionString is null ? input.DataDirectory : null),
            store.Queries,
            cancellationToken);
        var lease = input.Options.Get<NodeLeaseOptions>().NodeLease;
        if (await SoleNode.CountOthersAsync(store.Nodes, self: null, lease, cancellationToken) is > 0 and var nodes)
            throw new GatewaySetupException(
                $"{nodes} {(nodes == 1 ? "node lives" : "nodes live")} on this data; stop all, and wait {lease.TotalSeconds:0} s.");

        var count = await store.Keys.ResealAsync(
            secret => fresh.Seal(present.Open(secret)), KeyFile.SettingsFor(present, fresh), cancellationToken);
        await input.Output.WriteLineAsync($"{count} secrets are sealed with the new key.");
        await input.Output.WriteLineAsync(ReplaceFile(input, text));
    }

    private static string ReplaceFile(CommandInput input, string key)
    {
        if (input.EncryptionKey is not null) return "Set Gateway:EncryptionKey to it on every node before the next start.";
        KeyFile.Replace(input.DataDirectory, key.Trim());
        return "gateway.key holds it. Keep a copy apart from the data.";
    }
}
