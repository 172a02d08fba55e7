using System.Collections.Concurrent;
using System.Data.Common;
using Gateway.Testing;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Gateway.Api.Tests.Support;

/// <summary>Where a gateway under test keeps its data: empty at the start of each test, kept over restarts.</summary>
internal abstract class TestData : IAsyncDisposable
{
    /// <summary>The settings that lead there.</summary>
    public abstract IReadOnlyDictionary<string, string> Settings { get; }

    public abstract Task PrepareAsync(Type testClass);

    private protected static async Task<IReadOnlyList<string>> ReadAsync(DbCommand command)
    {
        await using var reader = await command.ExecuteReaderAsync();
        List<string> values = [];
        while (await reader.ReadAsync()) values.Add(reader.GetValue(0).ToString()!);
        return values;
    }

    /// <summary>The first column of each row, as text, behind the gateway's back.</summary>
    public abstract Task<IReadOnlyList<string>> ListAsync(string sql);

    public abstract ValueTask DisposeAsync();
}

internal sealed class SqliteData : TestData
{
    public string Directory { get; } = System.IO.Directory.CreateTempSubdirectory("gateway-api-").FullName;

    public override IReadOnlyDictionary<string, string> Settings =>
        new Dictionary<string, string> { ["Gateway:DataDirectory"] = Directory };

    public override Task PrepareAsync(Type testClass) => Task.CompletedTask;

    public override async Task<IReadOnlyList<string>> ListAsync(string sql)
    {
        await using var connection = new SqliteConnection($"Data Source={Path.Combine(Directory, "gateway.db")};Pooling=False");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        return await ReadAsync(command);
    }

    public override ValueTask DisposeAsync()
    {
        System.IO.Directory.Delete(Directory, recursive: true);
        return ValueTask.CompletedTask;
    }
}

internal sealed class PostgresData : TestData
{
    // A database per test class, emptied for each test: making one costs as much as a hundred of the tests that use it.
    private static readonly ConcurrentDictionary<Type, Lazy<Task<string>>> Databases = new();

    private const string EmptyEverything = """
        DO $$
        DECLARE name text;
        BEGIN
            FOR name IN SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_name NOT IN ('schema_version', 'team')
            LOOP EXECUTE format('DELETE FROM %I', name); END LOOP;
            IF to_regclass('team') IS NOT NULL THEN DELETE FROM team WHERE id <> 'default'; END IF;
        END $$
        """;

    private string _connection = "";

    public const string EncryptionKey = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    public override IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string>
    {
        ["ConnectionStrings:Gateway"] = _connection,
        ["Gateway:EncryptionKey"] = EncryptionKey,
    };

    public override async Task PrepareAsync(Type testClass)
    {
        _connection = await Databases.GetOrAdd(testClass, type => new(() => MakeAsync(type))).Value;
        await using var source = NpgsqlDataSource.Create(_connection);
        await using var command = source.CreateCommand(EmptyEverything);
        await command.ExecuteNonQueryAsync();
    }

    public override async Task<IReadOnlyList<string>> ListAsync(string sql)
    {
        await using var source = NpgsqlDataSource.Create(_connection);
        await using var command = source.CreateCommand(sql);
        return await ReadAsync(command);
    }

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static async Task<string> MakeAsync(Type testClass) =>
        await (await PostgresServer.SharedAsync()).CreateDatabaseAsync(testClass.Name);
}
