using Gateway.Engine.Storage;
using Microsoft.Data.Sqlite;

namespace Gateway.Storage.Sqlite;

/// <summary>
/// Keeps the write-ahead logs small. Every thousandth page SQLite moves the log's pages into the file by itself, but a log only
/// starts over when nobody reads an old state of it, and it never shrinks by itself.
/// </summary>
internal sealed class SqliteUpkeepStore(SqliteDatabase database) : IUpkeepStore
{
    /// <summary>Below, a log is left alone: SQLite's own checkpoints keep it at about 4 MB.</summary>
    public const long Small = 8L * 1024 * 1024;

    /// <summary>A log that cannot be brought below is worth a line.</summary>
    public const long Large = 64L * 1024 * 1024;

    public Task<IReadOnlyList<string>> KeepAsync(CancellationToken cancellationToken) => Task.Run<IReadOnlyList<string>>(
        () => [.. new[] { Keep(database.MainFile, database.OpenMain), Keep(database.BodiesFile, database.OpenBodies) }.OfType<string>()],
        cancellationToken);

    private static string? Keep(string file, Func<SqliteConnection> open)
    {
        if (LengthOf(file) <= Small) return null;
        return SqliteDatabase.Guard(() =>
        {
            using var connection = open();
            Checkpoint(connection);
            var left = LengthOf(file);
            if (left <= Large) return null;
            return $"{Path.GetFileName(file)}-wal has grown to {left / 1024 / 1024} MB: somebody reads the file in one long transaction " +
                $"(a backup, a shell), and until that ends the log cannot start over.";
        });
    }

    // Most of the work beside the turns; only the rest holds them up, and it gives way to any reader at once.
    private static void Checkpoint(SqliteConnection connection)
    {
        connection.Run("PRAGMA busy_timeout = 0");
        connection.Run("PRAGMA wal_checkpoint(PASSIVE)");
        connection.Run("PRAGMA wal_checkpoint(TRUNCATE)");
    }

    private static long LengthOf(string file) => new FileInfo($"{file}-wal") is { Exists: true } log ? log.Length : 0;
}
