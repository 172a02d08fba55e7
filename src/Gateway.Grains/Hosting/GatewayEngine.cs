using Gateway.Grains.Security;
using Gateway.Grains.Storage;
using Gateway.Grains.Storage.Postgres;
using Gateway.Grains.Storage.Sqlite;
using Gateway.Grains.Turns;

namespace Gateway.Grains.Hosting;

/// <summary>
/// What must stand before anything runs: the store opened and migrated, the key checked, this start registered as an
/// incarnation. Everything that can be wrong with the set-up stops the start here, with one clear line.
/// </summary>
internal sealed record GatewayEngine(IGatewayStore Store, GatewayKeys Keys, NodeIdentity Node, StoreClock Clock, bool IsShared)
{
    /// <summary>How many jobs of a backup this start made unknown (S3); null when it took up no copy.</summary>
    public int? Restored { get; private init; }

    /// <exception cref="GatewaySetupException">Something is wrong with the set-up.</exception>
    public static async Task<GatewayEngine> OpenAsync(string? connectionString, GatewayOptions options, StoreClock clock, CancellationToken cancellationToken)
    {
        var isShared = !string.IsNullOrWhiteSpace(connectionString);
        // The lock of the data directory comes first: a second process must not even look for the key.
        var store = OpenStore(connectionString, options, clock);
        try
        {
            var keys = KeyFile.Load(options.EncryptionKey, isShared ? null : options.DataDirectory);
            await store.MigrateAsync(cancellationToken);
            keys = await KeyFile.CheckAsync(keys, store.Queries, cancellationToken);
            var engine = new GatewayEngine(store, keys, await store.Nodes.RegisterAsync(cancellationToken), clock, isShared);
            return engine with { Restored = await new Restoration(engine, options).RunAsync(cancellationToken) };
        }
        catch
        {
            await store.DisposeAsync();
            throw;
        }
    }

    /// <summary>The store alone, as the settings name it.</summary>
    public static IGatewayStore OpenStore(string? connectionString, GatewayOptions options, StoreClock clock) => string.IsNullOrWhiteSpace(connectionString)
        ? new SqliteGatewayStore(SqliteDatabase.Open(options.DataDirectory), clock)
        : new PostgresGatewayStore(PostgresDatabase.Open(connectionString), clock);
}
