using Gateway.Engine.Storage;

namespace Gateway.Storage.Sqlite;

/// <summary>Copies on SQLite: the feed's places are row ids, whose next one stands in <c>sqlite_sequence</c>.</summary>
internal sealed class SqliteCopyStore(SqliteDatabase database) : ICopyStore
{
    private const string Find = "SELECT value FROM setting WHERE key = $key";

    public Task<string?> FindMarkAsync(CancellationToken cancellationToken) =>
        Task.FromResult(
            database.Read(connection => connection.List(Find, reader => reader.GetString(0), ("$key", DataCopy.Setting))).FirstOrDefault());

    private const string Mark = "INSERT INTO setting (key, value) VALUES ($key, $what) ON CONFLICT DO NOTHING";

    public Task<bool> MarkAsync(string what, CancellationToken cancellationToken) =>
        Task.FromResult(database.Read(connection => connection.Run(Mark, ("$key", DataCopy.Setting), ("$what", what))) > 0);

    private const string Remark =
        "INSERT INTO setting (key, value) VALUES ($key, $what) ON CONFLICT (key) DO UPDATE SET value = excluded.value";

    public Task RemarkAsync(string what, CancellationToken cancellationToken) =>
        Task.FromResult(database.Read(connection => connection.Run(Remark, ("$key", DataCopy.Setting), ("$what", what))));

    private const string Unmark = "DELETE FROM setting WHERE key = $key";

    public Task UnmarkAsync(CancellationToken cancellationToken) =>
        Task.FromResult(database.Read(connection => connection.Run(Unmark, ("$key", DataCopy.Setting))));

    private const string Leap = """
        BEGIN IMMEDIATE;
        INSERT INTO sqlite_sequence (name, seq) SELECT 'job_event', 0 WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence
            WHERE name = 'job_event');
        UPDATE sqlite_sequence SET seq = seq + $leap WHERE name = 'job_event';
        INSERT INTO setting (key, value) SELECT 'feed_pruned', CAST(seq AS TEXT) FROM sqlite_sequence WHERE name = 'job_event'
        ON CONFLICT (key) DO UPDATE SET value = excluded.value;
        COMMIT;
        """;

    public Task LeapAsync(CancellationToken cancellationToken) =>
        Task.FromResult(database.Read(connection => connection.Run(Leap, ("$leap", DataCopy.Leap))));
}
