using System.Collections.Concurrent;
using Gateway.Engine.Storage;
using Gateway.Storage.Postgres;
using Gateway.Storage.Sqlite;
using Gateway.Testing;
using Npgsql;

namespace Gateway.Grains.Tests.Support;

/// <summary>One dialect's database, empty at the start of each test, and a way to look at it behind the store's back.</summary>
internal abstract class TestDatabase : IAsyncDisposable
{
    public abstract bool IsPostgres { get; }

    /// <summary>Opens the store; the schema is up to date and every table empty.</summary>
    public abstract Task<IGatewayStore> OpenAsync(StoreClock clock, Type testClass);

    /// <summary>Runs one statement; answers how many rows it changed.</summary>
    public abstract Task<int> RunAsync(string sql);

    /// <summary>The first column of each row, as text.</summary>
    public abstract Task<IReadOnlyList<string?>> ListAsync(string sql);

    private static readonly string[] Tables =
        ["node", "account", "api_token", "job", "job_body", "job_event", "outbox", "team_hold", "webhook_secret", "webhook_disabled", "webhook_delivery", "asset", "charge", "idempotency", "audit", "parked_obligation", "queue_pause", "result_due", "result_copy", "setting"];

    /// <summary>Empties every table; the default team stays.</summary>
    public async Task EmptyAsync()
    {
        await RunAsync($"DELETE FROM team WHERE id <> 'default'; {string.Concat(Tables.Select(table => $"DELETE FROM {table};"))}");
        if (IsPostgres) await RunAsync("DELETE FROM large_body; DELETE FROM job_stream");
    }

    public async Task<long> CountAsync(string sql) => long.Parse((await ListAsync(sql))[0]!);

    /// <summary>Keeps every write of a large body waiting until it is disposed.</summary>
    public abstract Task<IAsyncDisposable> HoldLargeBodiesAsync();

    public abstract ValueTask DisposeAsync();
}

internal sealed class SqliteTestDatabase : TestDatabase
{
    // In memory where there is such a folder: what is synced to the disk is not under test here, and waiting for it takes minutes.
    private readonly string _directory = Directory.Exists("/dev/shm")
        ? Directory.CreateDirectory($"/dev/shm/gateway-sqlite-{Guid.NewGuid():N}").FullName
        : Directory.CreateTempSubdirectory("gateway-sqlite-").FullName;

    private SqliteDatabase? _database;
    private SqliteGatewayStore? _store;

    public override bool IsPostgres => false;

    public string Folder => _directory;

    public override async Task<IGatewayStore> OpenAsync(StoreClock clock, Type testClass)
    {
        _database = SqliteDatabase.Open(_directory);
        _store = new SqliteGatewayStore(_database, clock);
        await _store.MigrateAsync(CancellationToken.None);
        return _store;
    }

    public override Task<IAsyncDisposable> HoldLargeBodiesAsync()
    {
        var connection = _database!.OpenBodies();
        connection.Run("BEGIN IMMEDIATE");
        return Task.FromResult<IAsyncDisposable>(connection);
    }

    public override Task<int> RunAsync(string sql)
    {
        using var connection = OpenFor(sql);
        return Task.FromResult(connection.Run(sql));
    }

    public override Task<IReadOnlyList<string?>> ListAsync(string sql)
    {
        using var connection = OpenFor(sql);
        return Task.FromResult<IReadOnlyList<string?>>(
            connection.List(sql, reader => reader.IsDBNull(0) ? null : reader.GetValue(0).ToString()));
    }

    private Microsoft.Data.Sqlite.SqliteConnection OpenFor(string sql) =>
        sql.Contains("large_body", StringComparison.Ordinal) || sql.Contains("job_stream", StringComparison.Ordinal)
            ? _database!.OpenBodies()
            : _database!.OpenMain();

    public override async ValueTask DisposeAsync()
    {
        if (_store is not null) await _store.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }
}

internal sealed class PostgresTestDatabase : TestDatabase
{
    // A database per test class; making one costs as much as a hundred of the tests that use it.
    private static readonly ConcurrentDictionary<Type, Lazy<Task<string>>> Databases = new();

    private NpgsqlDataSource? _source;
    private PostgresGatewayStore? _store;

    public override bool IsPostgres => true;

    public string ConnectionString { get; private set; } = "";

    public override async Task<IGatewayStore> OpenAsync(StoreClock clock, Type testClass)
    {
        ConnectionString = await Databases.GetOrAdd(testClass, type => new(() => MakeAsync(type))).Value;
        _source = NpgsqlDataSource.Create(ConnectionString);
        _store = new PostgresGatewayStore(PostgresDatabase.Open(ConnectionString), clock);
        await _store.MigrateAsync(CancellationToken.None);
        await EmptyAsync();
        return _store;
    }

    public override async Task<IAsyncDisposable> HoldLargeBodiesAsync()
    {
        var connection = await _source!.OpenConnectionAsync();
        await using var hold = new NpgsqlCommand("BEGIN; LOCK TABLE large_body IN EXCLUSIVE MODE", connection);
        await hold.ExecuteNonQueryAsync();
        return connection;
    }

    public override async Task<int> RunAsync(string sql)
    {
        await using var command = _source!.CreateCommand(sql);
        return await command.ExecuteNonQueryAsync();
    }

    public override async Task<IReadOnlyList<string?>> ListAsync(string sql)
    {
        await using var command = _source!.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        List<string?> values = [];
        while (await reader.ReadAsync()) values.Add(await reader.IsDBNullAsync(0) ? null : reader.GetValue(0).ToString());
        return values;
    }

    /// <summary>Holds a connection of the test's own, to lock rows with.</summary>
    public ValueTask<NpgsqlConnection> ConnectAsync() => _source!.OpenConnectionAsync();

    public override async ValueTask DisposeAsync()
    {
        if (_store is not null) await _store.DisposeAsync();
        if (_source is not null) await _source.DisposeAsync();
    }

    private static async Task<string> MakeAsync(Type testClass) =>
        await (await PostgresServer.SharedAsync()).CreateDatabaseAsync(testClass.Name);
}
