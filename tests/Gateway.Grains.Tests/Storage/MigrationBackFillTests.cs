using Gateway.Engine.Jobs;
using Gateway.Engine.Storage;
using Gateway.Model.Ids;
using Gateway.Storage.Postgres;
using Gateway.Storage.Sqlite;
using Gateway.Testing;
using Npgsql;

namespace Gateway.Grains.Tests.Storage;

/// <summary>Jobs that were there before migration 004 get what it brought: the end of their wait, and the code they failed with.</summary>
public sealed class MigrationBackFillTests
{
    private static readonly DateTimeOffset Made = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);
    private static readonly JobId Queued = JobIdSource.FirstAt(Made);
    private static readonly JobId Failed = new(Queued.Value + 1);
    private static readonly JobId Cancelled = new(Queued.Value + 2);

    private static string Insert(JobId id, string status, string more) => $$"""
        INSERT INTO job (id, version, team, kind, lane, status, priority, attempt, seq, state)
        VALUES ({{id}}, 1, 'default', 'video', 'video|*|m', '{{status}}', 5, 0, 1,
            '{"id":{{id}},"team":"default","kind":"{{Name("Video")}}","model":"m","status":"{{Name(status)}}","seq":1,"createdAt":"2026-11-20T12:00:00+00:00","request":{"bytes":2,"contentType":"application/json"}{{more}}}');
        """;

    // States of that time wrote their enums as they are written now.
    private static string Name(string value) => char.ToUpperInvariant(value[0]) + value[1..];

    private static readonly string Rows =
        Insert(Queued, "queued", "") + Insert(
            Failed, "failed",
            ",\"error\":{\"code\":\"moderated\",\"message\":\"no\",\"upstreamCode\":1026}") + Insert(Cancelled, "cancelled", "");

    private static IEnumerable<Migration> Before(IReadOnlyList<Migration> all) => all.Where(migration => migration.Number < 4);

    private static async Task JudgeAsync(IGatewayStore store)
    {
        var none = CancellationToken.None;
        await store.MigrateAsync(none);
        await store.MigrateAsync(none);
        Assert.Equal(
            Failed,
            Assert.Single(
                await store.Queries.JobsAsync(new JobFilter(null, null, null, null, null, 10) { Failure = "moderated" }, none)).Id);
        Assert.Equal(
            Queued, Assert.Single(await store.Queries.HeadsAsync([Assert.Single(await store.Queries.QueuesAsync(none))], 10, none)).Id);
        Assert.Equal(Made.AddDays(1), await store.Queries.NextWakeAsync(none));
    }

    [Fact]
    public async Task S5_migration_004_fills_what_queued_and_failed_jobs_lack_on_sqlite()
    {
        var folder = Directory.CreateTempSubdirectory("gateway-sqlite-").FullName;
        var database = SqliteDatabase.Open(folder);
        await using (var store = new SqliteGatewayStore(database, new StoreClock()))
        {
            using (var connection = database.OpenMain())
            {
                foreach (var migration in Before(SqliteMigrations.All))
                    connection.Run($"{migration.Sql}; PRAGMA user_version = {migration.Number};");
                connection.Run(Rows);
            }

            await JudgeAsync(store);
        }

        Directory.Delete(folder, recursive: true);
    }

    [PostgresFact]
    public async Task S5_migration_004_fills_what_queued_and_failed_jobs_lack_on_postgres()
    {
        var connection = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync("back_fill");
        await using (var source = NpgsqlDataSource.Create(connection))
        {
            await RunAsync(
                source,
                "CREATE TABLE schema_version (number int NOT NULL PRIMARY KEY, name text NOT NULL, applied_at timestamptz NOT NULL " +
                    "DEFAULT clock_timestamp())");
            foreach (var migration in Before(PostgresMigrations.All))
                await RunAsync(
                    source, $"{migration.Sql}; INSERT INTO schema_version (number, name) VALUES ({migration.Number}, '{migration.Name}');");
            await RunAsync(source, Rows);
        }

        await using var store = new PostgresGatewayStore(PostgresDatabase.Open(connection), new StoreClock());
        await JudgeAsync(store);
    }

    private static async Task RunAsync(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
