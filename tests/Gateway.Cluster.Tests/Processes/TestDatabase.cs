using System.Security.Cryptography;
using Gateway.Engine.Storage;
using Gateway.Storage.Postgres;
using Gateway.Storage.Sqlite;
using Gateway.Testing;

namespace Gateway.Cluster.Tests.Processes;

/// <summary>Which database a scenario runs on.</summary>
public enum Database
{
    Sqlite,
    Postgres,
}

/// <summary>Where the gateway of a scenario keeps its data, and how the judge reads it afterwards.</summary>
internal sealed class TestDatabase
{
    private readonly string _directory;
    private readonly string? _connectionString;
    private readonly bool _isDropped;

    private TestDatabase(string directory, string? connectionString, bool isDropped)
    {
        _isDropped = isDropped;
        _directory = directory;
        _connectionString = connectionString;
    }

    public Dictionary<string, string> Settings() => _connectionString is null
        ? new() { ["Gateway__DataDirectory"] = _directory }
        : new() { ["ConnectionStrings__Gateway"] = _connectionString, ["Gateway__EncryptionKey"] = Convert.ToBase64String(Key) };

    private byte[] Key { get; } = RandomNumberGenerator.GetBytes(32);

    public static TestDatabase Sqlite(string directory) => new(directory, null, isDropped: false);

    /// <summary>A database on a server that ends with the test.</summary>
    public static TestDatabase On(OwnPostgres server) => On(server.ConnectionString);

    /// <summary>The same, with a connection string of the test's own.</summary>
    public static TestDatabase On(string connectionString) => new("", connectionString, isDropped: false);

    public static async Task<TestDatabase> CreateAsync(Database kind, string directory, string hint) => kind == Database.Sqlite
        ? Sqlite(Path.Combine(directory, "data"))
        : new("", await (await PostgresServer.SharedAsync()).CreateDatabaseAsync(hint), isDropped: true);

    /// <summary>The store itself. With SQLite the gateway must have ended.</summary>
    public IGatewayStore Open() => _connectionString is null
        ? new SqliteGatewayStore(SqliteDatabase.Open(_directory), new StoreClock())
        : new PostgresGatewayStore(PostgresDatabase.Open(_connectionString), new StoreClock());

    public async Task DropAsync()
    {
        if (_isDropped) await PostgresServer.DropDatabaseAsync(_connectionString!);
    }
}
