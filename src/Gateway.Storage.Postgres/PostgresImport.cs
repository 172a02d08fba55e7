using System.Globalization;
using Gateway.Engine.Storage;
using Npgsql;
using NpgsqlTypes;

namespace Gateway.Storage.Postgres;

/// <summary>Fills an empty database table by table with binary COPY, in one transaction: all of it is there, or none.</summary>
internal sealed class PostgresImport : IAsyncDisposable
{
    private readonly NpgsqlDataSource _source;
    private readonly NpgsqlConnection _connection;
    private readonly NpgsqlTransaction _transaction;

    private PostgresImport(NpgsqlDataSource source, NpgsqlConnection connection, NpgsqlTransaction transaction)
    {
        _source = source;
        _connection = connection;
        _transaction = transaction;
    }

    // Who lives is no data of its own: the processes that the rows speak of have ended.
    private const string Tables = """
        SELECT table_name::text, column_name::text, udt_name::text, is_identity = 'YES' FROM information_schema.columns
        WHERE table_schema = current_schema() AND table_name NOT IN ('schema_version', 'node', 'node_wait')
            ORDER BY table_name, ordinal_position
        """;

    /// <summary>The tables a move fills, by the database's own catalogue: what a later migration adds is moved too.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<ImportColumn>> Columns { get; private set; } = null!;

    /// <summary>
    /// Brings the schema up to date, begins the transaction and keeps every gateway from starting on the database meanwhile.
    /// </summary>
    /// <exception cref="GatewaySetupException">It cannot be reached, or holds data.</exception>
    public static async Task<PostgresImport> BeginAsync(PostgresDatabase database, CancellationToken cancellationToken)
    {
        await PostgresMigrations.RunAsync(database, cancellationToken);
        // However long a table takes to copy, and however long its copying takes to check.
        var source = database.OpenPlain(settings => (settings.CommandTimeout, settings.ApplicationName) = (0, "gateway move"));
        var connection = await source.OpenConnectionAsync(cancellationToken);
        var import = new PostgresImport(source, connection, await connection.BeginTransactionAsync(cancellationToken));
        try
        {
            await import.PrepareAsync(cancellationToken);
            return import;
        }
        catch
        {
            await import.DisposeAsync();
            throw;
        }
    }

    public async Task CopyAsync(string table, IEnumerable<object?[]> rows, CancellationToken cancellationToken)
    {
        var columns = Columns[table];
        await using var writer = await _connection.BeginBinaryImportAsync(
            $"COPY {table} ({string.Join(", ", columns.Select(column => column.Name))}) FROM STDIN (FORMAT BINARY)", cancellationToken);
        writer.Timeout = Timeout.InfiniteTimeSpan;
        foreach (var row in rows)
        {
            await writer.StartRowAsync(cancellationToken);
            for (var column = 0; column < row.Length; column++)
                await WriteAsync(writer, row[column], columns[column].Type, cancellationToken);
        }

        await writer.CompleteAsync(cancellationToken);
    }

    public Task<long> CountAsync(string table, CancellationToken cancellationToken) =>
        ScalarAsync($"SELECT count(*) FROM {table}", cancellationToken);

    /// <summary>What comes after the moved rows: numbers go on above theirs, and so do the feed's places.</summary>
    public async Task GoOnAfterAsync(long feedHead, CancellationToken cancellationToken)
    {
        foreach (var (table, columns) in Columns)
            foreach (var column in columns.Where(column => column.IsIdentity))
                await ScalarAsync(
                    $"SELECT setval(pg_get_serial_sequence('{table}', '{column.Name}'), (SELECT coalesce(max({column.Name}), 0) + 1 FROM " +
                        $"{table}), false)",
                    cancellationToken);
        await RunAsync(PostgresFeedBase.Raise(feedHead.ToString(CultureInfo.InvariantCulture), andPruned: false), cancellationToken);
    }

    /// <summary>The mark that the data had where it came from stays there.</summary>
    public Task UnmarkAsync(CancellationToken cancellationToken) =>
        RunAsync($"DELETE FROM setting WHERE key = '{DataCopy.Setting}'", cancellationToken);

    public Task CommitAsync() => _transaction.CommitAsync(CancellationToken.None);

    /// <summary>Tells the planner what has come. Autovacuum would, later: no failure here is one of the move.</summary>
    public async Task AnalyzeAsync()
    {
        try
        {
            await RunAsync("ANALYZE", CancellationToken.None);
        }
        catch (NpgsqlException)
        {
            // Later, then.
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _transaction.DisposeAsync();
        await _connection.DisposeAsync();
        await _source.DisposeAsync();
    }

    private async Task PrepareAsync(CancellationToken cancellationToken)
    {
        // A gateway that starts writes its key's check here first, and waits.
        await RunAsync("LOCK TABLE setting, node IN EXCLUSIVE MODE", cancellationToken);
        Columns = await ColumnsAsync(cancellationToken);
        foreach (var table in Columns.Keys.Append("node"))
            if (
                await ScalarAsync(
                    $"SELECT count(*) FROM (SELECT 1 FROM {table} {(table == "team" ? "WHERE id <> 'default'" : "")} LIMIT 1) AS found",
                    cancellationToken) > 0)
                throw new GatewaySetupException(
                    $"The target database is not empty: '{table}' has rows. Move into a new database; one that a gateway has started on " +
                        $"is no new one.");

        await RunAsync("DELETE FROM team", cancellationToken);
    }

    private async Task<IReadOnlyDictionary<string, IReadOnlyList<ImportColumn>>> ColumnsAsync(CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Tables, _connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        List<(string Table, ImportColumn Column)> columns = [];
        while (await reader.ReadAsync(cancellationToken))
            columns.Add((reader.GetString(0), new ImportColumn(reader.GetString(1), reader.GetString(2), reader.GetBoolean(3))));
        return columns.GroupBy(entry => entry.Table, entry => entry.Column).ToDictionary(
            table => table.Key, table => (IReadOnlyList<ImportColumn>)[.. table]);
    }

    // What SQLite keeps as numbers and text, in the types that the same column has here.
    private static Task WriteAsync(NpgsqlBinaryImporter writer, object? value, string type, CancellationToken cancellationToken) =>
        (type, value) switch
        {
            (_, null) => writer.WriteNullAsync(cancellationToken),
            ("int8", long number) => writer.WriteAsync(number, NpgsqlDbType.Bigint, cancellationToken),
            ("int4", long number) => writer.WriteAsync(checked((int)number), NpgsqlDbType.Integer, cancellationToken),
            ("bool", long number) => writer.WriteAsync(number != 0, NpgsqlDbType.Boolean, cancellationToken),
            ("xid8", long number) => writer.WriteAsync((ulong)number, NpgsqlDbType.Xid8, cancellationToken),
            ("timestamptz", long milliseconds) =>
                writer.WriteAsync(DateTimeOffset.FromUnixTimeMilliseconds(milliseconds), NpgsqlDbType.TimestampTz, cancellationToken),
            ("date", string day) =>
                writer.WriteAsync(DateOnly.ParseExact(day, "O", CultureInfo.InvariantCulture), NpgsqlDbType.Date, cancellationToken),
            ("text", string text) => writer.WriteAsync(text, NpgsqlDbType.Text, cancellationToken),
            ("bytea", byte[] bytes) => writer.WriteAsync(bytes, NpgsqlDbType.Bytea, cancellationToken),
            _ => throw new System.Diagnostics.UnreachableException($"A column of type {type} holds a {value.GetType().Name}."),
        };

    private async Task RunAsync(string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, _connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task<long> ScalarAsync(string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, _connection);
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}
