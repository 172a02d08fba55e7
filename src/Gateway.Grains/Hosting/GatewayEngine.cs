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
    /// <exception cref="GatewaySetupException">Something is wrong with the set-up.</exception>
    public static async Task<GatewayEngine> OpenAsync(string? connectionString, GatewayOptions options, StoreClock clock, CancellationToken cancellationToken)
    {
        var isShared = !string.IsNullOrWhiteSpace(connectionString);
        // The lock of the data directory comes first: a second process must not even look for the key.
        IGatewayStore store = isShared
            ? new PostgresGatewayStore(PostgresDatabase.Open(connectionString!), clock)
            : new SqliteGatewayStore(SqliteDatabase.Open(options.DataDirectory), clock);
        try
        {
            var keys = KeyFile.Load(options.EncryptionKey, isShared ? null : options.DataDirectory);
            await store.MigrateAsync(cancellationToken);
            await KeyFile.CheckAsync(keys, store.Queries, cancellationToken);
            return new GatewayEngine(store, keys, await store.Nodes.RegisterAsync(cancellationToken), clock, isShared);
        }
        catch
        {
            await store.DisposeAsync();
            throw;
        }
    }
}
