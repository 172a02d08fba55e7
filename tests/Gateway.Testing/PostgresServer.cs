using Npgsql;
using Xunit;

namespace Gateway.Testing;

/// <summary>A PostgreSQL to make databases on: the server <c>GATEWAY_TEST_POSTGRES</c> names, else an <see cref="OwnPostgres"/>.</summary>
internal sealed class PostgresServer : IAsyncDisposable
{
    /// <summary>Why a test is skipped.</summary>
    public const string Missing = $"No PostgreSQL: neither {Setting} is set nor are initdb and postgres installed.";

    private const string Setting = "GATEWAY_TEST_POSTGRES";

    private static readonly Lazy<Task<PostgresServer>> Shared = new(StartAsync);

    private readonly string _connectionString;
    private readonly OwnPostgres? _own;

    private PostgresServer(string connectionString, OwnPostgres? own)
    {
        _connectionString = connectionString;
        _own = own;
    }

    /// <summary>
    /// Whether tests that need PostgreSQL run: where there is one, and always with <c>CI</c> set. They fail there without a
    /// server: nobody reads the list of skipped tests there.
    /// </summary>
    public static bool IsDemanded =>
        Given is not null || Environment.GetEnvironmentVariable("CI") is { Length: > 0 } || PostgresBinaries.Folder is not null;

    private static string? Given => Environment.GetEnvironmentVariable(Setting) is { Length: > 0 } given ? given : null;

    /// <summary>
    /// The server of this test run, started at its first use. A test that asks for it where there is none is skipped, or fails, as
    /// <see cref="IsDemanded"/> says.
    /// </summary>
    public static Task<PostgresServer> SharedAsync()
    {
        Assert.SkipUnless(IsDemanded, Missing);
        return Shared.Value;
    }

    /// <summary>A server for whoever disposes it.</summary>
    public static async Task<PostgresServer> StartAsync()
    {
        if (Given is { } given) return new PostgresServer(given, own: null);
        var own = await OwnPostgres.StartAsync();
        return new PostgresServer($"{own.ConnectionString};Include Error Detail=true", own);
    }

    /// <summary>Makes an empty database and answers its connection string.</summary>
    public async Task<string> CreateDatabaseAsync(string hint = "test")
    {
        var name = $"gateway_{new string([.. hint.ToLowerInvariant().Where(char.IsAsciiLetterOrDigit).Take(20)])}_{Guid.NewGuid():N}";
        await using var source = NpgsqlDataSource.Create(Unpooled(_connectionString));
        await using var command = source.CreateCommand($"CREATE DATABASE \"{name}\"");
        await command.ExecuteNonQueryAsync();
        return new NpgsqlConnectionStringBuilder(_connectionString) { Database = name }.ToString();
    }

    /// <summary>Removes a database together with whoever is still connected to it.</summary>
    public static async Task DropDatabaseAsync(string connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        await using var source = NpgsqlDataSource.Create(
            Unpooled(new NpgsqlConnectionStringBuilder(connectionString) { Database = "postgres" }.ToString()));
        await using var command = source.CreateCommand($"DROP DATABASE IF EXISTS \"{settings.Database}\" WITH (FORCE)");
        await command.ExecuteNonQueryAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_own is not null) await _own.DisposeAsync();
    }

    private static string Unpooled(string connectionString) =>
        new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ToString();
}
