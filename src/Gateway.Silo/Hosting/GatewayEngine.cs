using Gateway.Engine.Security;
using Gateway.Engine.Storage;
using Gateway.Engine.Turns;
using Gateway.Grains.Jobs;
using Gateway.Silo.Hosting.Settings;
using Gateway.Storage.Postgres;
using Gateway.Storage.Sqlite;

namespace Gateway.Silo.Hosting;

/// <summary>
/// What must stand before anything runs: the store opened and migrated, the key checked, this start registered as an
/// incarnation. Everything that can be wrong with the set-up stops the start here, with one clear line.
/// </summary>
internal sealed record GatewayEngine(IGatewayStore Store, GatewayKeys Keys, NodeIdentity Node, StoreClock Clock, bool IsShared)
{
    private static readonly TimeSpan BetweenTries = TimeSpan.FromMilliseconds(500);

    /// <summary>How many jobs of a backup this start made unknown (S3); null when it took up no copy.</summary>
    public int? Restored { get; private init; }

    /// <exception cref="GatewaySetupException">Something is wrong with the set-up.</exception>
    /// <exception cref="StoreUnavailableException">The database cannot be reached, however long <see cref="StoreOptions.StartWait"/>
    /// was.</exception>
    /// <param name="settings">All settings.</param>
    /// <param name="clock">The store's clock.</param>
    /// <param name="tell">Takes lines for the operator: what the start waits for, and what is unwise.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    public static async Task<GatewayEngine> OpenAsync(
        GatewaySettings settings, StoreClock clock, Action<string> tell, CancellationToken cancellationToken)
    {
        var (options, isShared) = (settings.Get<StoreOptions>(), settings.Get<ConnectionStringOptions>().IsShared);
        // The lock of the data directory comes first: a second process must not even look for the key.
        var store = OpenStore(settings, clock);
        try
        {
            var keys = KeyFile.Load(settings.Get<KeyOptions>().EncryptionKey, isShared ? null : options.DataDirectory);
            if (!isShared) WarnOf(options.DataDirectory, tell);
            await MigrateAsync(store, options.StartWait, tell, cancellationToken);
            keys = await KeyFile.CheckAsync(keys, store.Queries, cancellationToken);
            var node = await store.Nodes.RegisterAsync(cancellationToken);
            // Once more: a rotation that began before this node could be seen has ended by now, or will see it.
            keys = await KeyFile.CheckAsync(keys, store.Queries, cancellationToken);
            var engine = new GatewayEngine(store, keys, node, clock, isShared);
            engine = engine with
            {
                Restored = await new Restoration(
                    engine, options, settings.Get<NodeLeaseOptions>(), settings.Get<JobOptions>()).RunAsync(cancellationToken),
            };
            await new OlderAccounts(store.Tokens, keys, tell).ClaimAsync(cancellationToken);
            return engine;
        }
        catch
        {
            await store.DisposeAsync();
            throw;
        }
    }

    /// <summary>The store alone, as the settings name it.</summary>
    public static IGatewayStore OpenStore(GatewaySettings settings, StoreClock clock) =>
        settings.Get<ConnectionStringOptions>() is { IsShared: true, Gateway: { } server }
        ? new PostgresGatewayStore(PostgresDatabase.Open(server), clock)
        : new SqliteGatewayStore(SqliteDatabase.Open(settings.Get<StoreOptions>().DataDirectory), clock);

    private static void WarnOf(string dataDirectory, Action<string> tell)
    {
        foreach (var warning in PrivateFiles.WarningsOf(dataDirectory)) tell(warning);
        if (KeyFile.WarningOf(dataDirectory) is { } ofKey) tell(ofKey);
    }

    // Whoever starts gateway and database together need not order them.
    private static async Task MigrateAsync(IGatewayStore store, TimeSpan atMost, Action<string> tell, CancellationToken cancellationToken)
    {
        var started = TimeProvider.System.GetTimestamp();
        for (var tries = 1; ; tries++)
        {
            try
            {
                await store.MigrateAsync(cancellationToken);
                return;
            }
            catch (StoreUnavailableException missing) when (TimeProvider.System.GetElapsedTime(started) < atMost)
            {
                if (tries == 1) tell($"{missing.Message} {missing.Detail}. Waiting up to {atMost.TotalSeconds:0} s for it.");
                await Task.Delay(BetweenTries, TimeProvider.System, cancellationToken);
            }
        }
    }
}
