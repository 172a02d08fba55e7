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
    private static readonly TimeSpan BetweenTries = TimeSpan.FromMilliseconds(500);

    /// <exception cref="GatewaySetupException">Something is wrong with the set-up.</exception>
    /// <exception cref="StoreUnavailableException">The database cannot be reached, however long <see cref="GatewayOptions.StartWait"/> was.</exception>
    /// <param name="connectionString">The PostgreSQL to use; none for SQLite.</param>
    /// <param name="options">The settings.</param>
    /// <param name="clock">The store's clock.</param>
    /// <param name="tell">Takes a line for the operator while the start waits.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    public static async Task<GatewayEngine> OpenAsync(string? connectionString, GatewayOptions options, StoreClock clock, Action<string> tell, CancellationToken cancellationToken)
    {
        var isShared = !string.IsNullOrWhiteSpace(connectionString);
        // The lock of the data directory comes first: a second process must not even look for the key.
        IGatewayStore store = isShared
            ? new PostgresGatewayStore(PostgresDatabase.Open(connectionString!), clock)
            : new SqliteGatewayStore(SqliteDatabase.Open(options.DataDirectory), clock);
        try
        {
            var keys = KeyFile.Load(options.EncryptionKey, isShared ? null : options.DataDirectory);
            await MigrateAsync(store, options.StartWait, tell, cancellationToken);
            await KeyFile.CheckAsync(keys, store.Queries, cancellationToken);
            return new GatewayEngine(store, keys, await store.Nodes.RegisterAsync(cancellationToken), clock, isShared);
        }
        catch
        {
            await store.DisposeAsync();
            throw;
        }
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
