using Gateway.Engine.Storage;
using Gateway.Storage.Postgres;
using Gateway.Storage.Sqlite;

namespace Gateway.Grains.Tests.Storage;

public sealed class MigrationTests
{
    [Fact]
    public void S5_Migrations_have_the_same_numbers_and_names_in_both_dialects()
    {
        var sqlite = SqliteMigrations.All;
        var postgres = PostgresMigrations.All;

        Assert.NotEmpty(sqlite);
        Assert.Equal(
            sqlite.Select(migration => (migration.Number, migration.Name)),
            postgres.Select(migration => (migration.Number, migration.Name)));
        Assert.Equal(Enumerable.Range(1, sqlite.Count), sqlite.Select(migration => migration.Number));
    }

    [Fact]
    public void S5_Only_what_a_database_lacks_is_run_and_a_newer_schema_stops_the_start()
    {
        Migration[] known = [new(1, "one", ""), new(2, "two", ""), new(3, "three", "")];

        Assert.Equal([2, 3], known.Missing(1).Select(migration => migration.Number));
        Assert.Empty(known.Missing(3));
        Assert.Contains("start a newer program", Assert.Throws<GatewaySetupException>(() => known.Missing(4)).Message);
    }

    [Fact]
    public async Task L5_A_second_process_on_the_same_directory_is_refused_with_a_way_out()
    {
        var folder = Directory.CreateTempSubdirectory("gateway-sqlite-").FullName;
        await using (new SqliteGatewayStore(SqliteDatabase.Open(folder), new StoreClock()))
            Assert.Contains("PostgreSQL", Assert.Throws<GatewaySetupException>(() => SqliteDatabase.Open(folder)).Message);

        SqliteDatabase.Open(folder).Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void T5_The_stores_clock_never_runs_backwards_and_shows_whole_microseconds()
    {
        var clock = new StoreClock();
        var later = new DateTimeOffset(2026, 1, 15, 12, 0, 0, TimeSpan.Zero).AddTicks(17);

        Assert.Equal(later.AddTicks(-7), clock.Read(later));
        Assert.Equal(later.AddTicks(-7), clock.Read(later.AddMinutes(-1)));
        clock.NotBefore(later.AddMinutes(1));
        Assert.Equal(later.AddMinutes(1), clock.Read(later.AddSeconds(5)));
        clock.NotBefore(later);
        Assert.Equal(later.AddMinutes(1), clock.Read(later));
    }
}
