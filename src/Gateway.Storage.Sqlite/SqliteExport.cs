using Microsoft.Data.Sqlite;

namespace Gateway.Storage.Sqlite;

/// <summary>
/// Reads a data directory table by table, for a move. The gateway must have stopped: whoever opened the database has its lock.
/// </summary>
internal sealed class SqliteExport(SqliteDatabase database) : IDisposable
{
    private readonly SqliteConnection _main = database.OpenMain();
    private readonly SqliteConnection? _bodies = File.Exists(database.BodiesFile) ? database.OpenBodies() : null;

    /// <summary>The place of the newest event.</summary>
    public long FeedHead =>
        _main.List("SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'job_event'", reader => reader.GetInt64(0))[0];

    public long Count(string table) => Of(table)?.List($"SELECT count(*) FROM {table}", reader => reader.GetInt64(0))[0] ?? 0;

    /// <summary>The rows of a table, one after the other; values are SQLite's own: long, string, byte[] or null.</summary>
    public IEnumerable<object?[]> Rows(string table, IReadOnlyList<string> columns)
    {
        if (Of(table) is not { } connection) yield break;
        using var command = connection.Prepare($"SELECT {string.Join(", ", columns)} FROM {table}");
        using var reader = command.ExecuteReader();
        while (reader.Read()) yield return [.. columns.Select((_, column) => reader.IsDBNull(column) ? null : reader.GetValue(column))];
    }

    public void Dispose()
    {
        _main.Dispose();
        _bodies?.Dispose();
    }

    private const string Has = "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = $table";

    // Large bodies have a file of their own here, made when there is a first one; elsewhere they are a table like any other.
    private SqliteConnection? Of(string table) =>
        new[] { _main, _bodies }.FirstOrDefault(file => file?.List(Has, reader => reader.GetInt64(0), ("$table", table))[0] > 0);
}
