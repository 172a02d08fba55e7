using Gateway.Engine.Accounts;
using Gateway.Engine.Storage;
using Gateway.Engine.Turns;
using Gateway.Grains.Tests.Support;
using Gateway.Model.Accounts;
using Gateway.Storage.Postgres;
using Gateway.Storage.Sqlite;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Gateway.Grains.Tests.Storage;

/// <summary>What keeps the files and the hot rows small, and what is said when something stands in its way.</summary>
public sealed class SqliteUpkeep() : StoreTest(new SqliteTestDatabase())
{
    [Fact]
    public async Task S4_a_long_reader_lets_the_log_grow_not_unnoticed_and_its_end_lets_it_shrink()
    {
        var folder = ((SqliteTestDatabase)Database).Folder;
        var log = Path.Combine(folder, "gateway.db-wal");
        using (var reader = new SqliteConnection($"Data Source={Path.Combine(folder, "gateway.db")};Pooling=False"))
        {
            reader.Open();
            reader.Run("BEGIN");
            reader.List("SELECT count(*) FROM job", row => row.GetInt64(0));
            await FillAsync(SqliteUpkeepStore.Large);

            Assert.Contains("gateway.db-wal has grown to", Assert.Single(await Store.Upkeep.KeepAsync(None)), StringComparison.Ordinal);
            Assert.True(new FileInfo(log).Length > SqliteUpkeepStore.Large);
            await (await NodeAsync()).RunAsync(new SaveAccountTurn(Make.Spec(), "test")); // turns go on
        }

        Assert.Empty(await Store.Upkeep.KeepAsync(None));
        Assert.Equal(0, new FileInfo(log).Length);
    }

    [Fact]
    public async Task S4_the_log_of_large_bodies_is_kept_small_too()
    {
        var log = Path.Combine(((SqliteTestDatabase)Database).Folder, "bodies.db-wal");
        await Store.Bodies.WriteAsync(Make.JobId(), new byte[SqliteUpkeepStore.Small + 1], None);
        Assert.True(new FileInfo(log).Length > SqliteUpkeepStore.Small);

        Assert.Empty(await Store.Upkeep.KeepAsync(None));
        Assert.Equal(0, new FileInfo(log).Length);
    }

    private async Task FillAsync(long bytes)
    {
        for (var (written, job) = (0L, 1); written <= bytes; written += 4_000_000, job++)
            await Database.RunAsync($"INSERT INTO job_body (job, part, data) VALUES ({job}, 'request', zeroblob(4000000))");
    }
}

public sealed class PostgresUpkeep() : StoreTest(new PostgresTestDatabase())
{
    [Fact]
    public async Task S4_who_keeps_a_transaction_open_is_named()
    {
        await using var database = PostgresDatabase.Open(((PostgresTestDatabase)Database).ConnectionString);
        var upkeep = new PostgresUpkeepStore(database.Reads) { Long = TimeSpan.Zero };
        await using var other = await ((PostgresTestDatabase)Database).ConnectAsync();
        await using var reads = new NpgsqlCommand("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1", other);
        await reads.ExecuteNonQueryAsync();

        Assert.Contains(
            await upkeep.KeepAsync(None),
            line =>
                line.StartsWith(
                    $"session {other.ProcessID} of gateway in database {other.Database} has had a transaction open for 0 min",
                    StringComparison.Ordinal));
        // ten minutes are not over
        Assert.DoesNotContain(
            await Store.Upkeep.KeepAsync(None), line => line.Contains($"session {other.ProcessID} ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task S4_rows_that_every_batch_writes_are_updated_in_place()
    {
        // A store of its own: sessions report what they did when they end.
        await using (
            var store = new PostgresGatewayStore(
                PostgresDatabase.Open(((PostgresTestDatabase)Database).ConnectionString), new StoreClock()))
        {
            var identity = await store.Nodes.RegisterAsync(None);
            await using var node = new TestNode(identity, store.OpenTurnStore(identity), new BatchOptions(), TimeProvider.System);
            await node.RunAsync(new SaveAccountTurn(Make.Spec(maxJobs: 10), "test"));
            for (var i = 0; i < 300; i++)
            {
                var lease = (await node.RunAsync(Make.Acquire(Make.AccountOne))).Lease!;
                await node.RunAsync(new ReleaseTurn(Make.AccountOne, lease.Id, new Settlement.Done()));
            }
        }

        Assert.InRange(await InPlaceAsync("account", 600), 0.95, 1);
        Assert.InRange(await InPlaceAsync("node", 600), 0.95, 1);
    }

    private async Task<double> InPlaceAsync(string table, int updates)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (await CountAsync("n_tup_upd") < updates)
            Assert.True(TimeProvider.System.GetElapsedTime(started) < TestNode.Patience, $"{table} was not updated");
        return (double)await CountAsync("n_tup_hot_upd") / await CountAsync("n_tup_upd");

        Task<long> CountAsync(string column) => Database.CountAsync($"SELECT {column} FROM pg_stat_user_tables WHERE relname = '{table}'");
    }
}
