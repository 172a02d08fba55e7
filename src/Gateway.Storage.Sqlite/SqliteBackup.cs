using Gateway.Engine.Storage;
using Microsoft.Data.Sqlite;

namespace Gateway.Storage.Sqlite;

/// <summary>
/// A copy of a data directory while the gateway runs on it: a directory that holds the data, checked and marked as a copy, without the key.
/// It appears under its name all at once, or not at all.
/// </summary>
internal static class SqliteBackup
{
    /// <param name="source">The data.</param>
    /// <param name="target">The directory to make.</param>
    /// <param name="takenAt">For the mark.</param>
    /// <param name="cancellationToken">Ends it; nothing is left of it then.</param>
    /// <exception cref="GatewaySetupException">The target exists.</exception>
    public static BackupReport Take(SqliteDatabase source, string target, DateTimeOffset takenAt, CancellationToken cancellationToken)
    {
        target = Path.TrimEndingDirectorySeparator(Path.GetFullPath(target));
        if (Path.Exists(target)) throw new GatewaySetupException($"'{target}' exists; a backup overwrites nothing.");

        var partial = $"{target}.partial-{Guid.NewGuid():N}";
        PrivateFiles.MakeFolder(partial);
        try
        {
            Copy(source, partial);
            cancellationToken.ThrowIfCancellationRequested();
            var report = Finish(partial, takenAt);
            foreach (var file in Directory.GetFiles(partial)) DurableFiles.Sync(file);
            DurableFiles.SyncDirectory(partial);
            cancellationToken.ThrowIfCancellationRequested();
            Directory.Move(partial, target);
            DurableFiles.SyncDirectory(Path.GetDirectoryName(target)!);
            return report;
        }
        catch
        {
            if (Directory.Exists(partial)) Directory.Delete(partial, recursive: true);
            throw;
        }
    }

    // Both files as they are in one instant. The main one's snapshot first: a body is written before the turn that names it (T8).
    private static void Copy(SqliteDatabase source, string partial)
    {
        using var main = source.OpenMain();
        Freeze(main);
        using var bodies = File.Exists(source.BodiesFile) ? source.OpenBodies() : null;
        if (bodies is not null) Freeze(bodies);

        Copy(main, Path.Combine(partial, Path.GetFileName(source.MainFile)));
        if (bodies is not null) Copy(bodies, Path.Combine(partial, Path.GetFileName(source.BodiesFile)));
    }

    // A transaction sees the file as it was at its first read; writers go on.
    private static void Freeze(SqliteConnection connection)
    {
        connection.Run("BEGIN");
        connection.List("SELECT count(*) FROM sqlite_schema", reader => reader.GetInt64(0));
    }

    private static void Copy(SqliteConnection frozen, string file)
    {
        PrivateFiles.Prepare(file);
        using var copy = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Pooling = false }.ToString());
        copy.Open();
        frozen.BackupDatabase(copy);
    }

    private static BackupReport Finish(string partial, DateTimeOffset takenAt)
    {
        using var copy = SqliteDatabase.OpenBeside(partial);
        using var main = copy.OpenMain();
        Check(main, "main");
        var missing = File.Exists(copy.BodiesFile) ? CheckBodies(main, copy.BodiesFile) : 0;
        main.Run("INSERT INTO setting (key, value) VALUES ($key, $mark) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            ("$key", DataCopy.Setting), ("$mark", $"a backup of {takenAt:u}"));
        main.Run("PRAGMA main.wal_checkpoint(TRUNCATE)");
        return new BackupReport(
            main.List("SELECT count(*) FROM job", reader => reader.GetInt64(0))[0],
            Directory.GetFiles(partial).Sum(file => new FileInfo(file).Length),
            missing);
    }

    private const string MissingBodies = """
        SELECT count(*) FROM job, json_each(json_array(state ->> '$.request.largeId', state ->> '$.result.largeId')) AS part
        WHERE part.value IS NOT NULL AND NOT EXISTS (SELECT 1 FROM bodies.large_body WHERE id = part.value)
        """;

    private static long CheckBodies(SqliteConnection main, string file)
    {
        main.Run("ATTACH $file AS bodies", ("$file", file));
        Check(main, "bodies");
        var missing = main.List(MissingBodies, reader => reader.GetInt64(0))[0];
        main.Run("PRAGMA bodies.wal_checkpoint(TRUNCATE); DETACH bodies");
        return missing;
    }

    private static void Check(SqliteConnection connection, string schema)
    {
        var answer = connection.List($"PRAGMA {schema}.quick_check", reader => reader.GetString(0));
        if (answer is not ["ok"]) throw new IOException($"The copy is damaged, and so may be the data: {answer[0]}");
    }
}
