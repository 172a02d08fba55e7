using Gateway.Engine.Storage;
using Gateway.Engine.Turns;
using Npgsql;

namespace Gateway.Storage.Postgres;

/// <summary>Migrations under an advisory lock: of several nodes that start at once, one runs them and the others wait.</summary>
internal static class PostgresMigrations
{
    public static IReadOnlyList<Migration> All { get; } = MigrationScripts.Of(typeof(PostgresMigrations).Assembly);

    // Any constant will do; it only has to be the same in every version of the gateway.
    private const long LockKey = 0x6761_7465_7761_79; // "gateway"

    /// <exception cref="GatewaySetupException">The connection string, or what its role may do, is not enough.</exception>
    /// <exception cref="StoreUnavailableException">The server is not there, or does not take writes: it may later.</exception>
    public static async Task RunAsync(PostgresDatabase database, CancellationToken cancellationToken)
    {
        try
        {
            await MigrateAsync(database, cancellationToken);
        }
        catch (PostgresException wrong) when (PostgresFailures.IsOfTheSetUp(wrong.SqlState))
        {
            throw new GatewaySetupException(
                $"PostgreSQL at ConnectionStrings:Gateway refuses the gateway: {PostgresFailures.Explain(wrong)}. Its role must own the " +
                    $"gateway's tables, or be able to create them.",
                wrong);
        }
        catch (Exception failure) when (PostgresFailures.Classify(failure) is not null)
        {
            throw new StoreUnavailableException(PostgresFailures.Why(failure), failure)
            {
                Detail = $"{PostgresFailures.Explain(failure)} (ConnectionStrings:Gateway)",
            };
        }
    }

    private static async Task MigrateAsync(PostgresDatabase database, CancellationToken cancellationToken)
    {
        // No time-out but the start's own: a back-fill of a large table takes minutes.
        await using var source = database.OpenPlain(settings => settings.CommandTimeout = 0);
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);

        await RunAsync(connection, $"SELECT pg_advisory_xact_lock({LockKey})", cancellationToken);
        await RunAsync(
            connection,
            "CREATE TABLE IF NOT EXISTS schema_version (number int NOT NULL PRIMARY KEY, name text NOT NULL, applied_at timestamptz NOT " +
                "NULL DEFAULT clock_timestamp())",
            cancellationToken);
        await using var read = new NpgsqlCommand("SELECT coalesce(max(number), 0) FROM schema_version", connection);
        var version = (int)(await read.ExecuteScalarAsync(cancellationToken))!;
        // Whoever waits for a table's lock makes everybody after it wait, the running nodes' turns too: rather later than behind a dump.
        await RunAsync(connection, "SET LOCAL lock_timeout = '2s'", cancellationToken);
        foreach (var migration in All.Missing(version))
        {
            await RunAsync(connection, migration.Sql, cancellationToken);
            await RunAsync(
                connection,
                $"INSERT INTO schema_version (number, name) VALUES ({migration.Number}, '{migration.Name}')",
                cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
