using Gateway.Grains.Jobs;
using Gateway.Grains.Turns;
using Microsoft.Data.Sqlite;

namespace Gateway.Grains.Storage.Sqlite;

/// <summary>Bodies on SQLite: small ones beside their job, large ones in a file of their own (T8).</summary>
internal sealed class SqliteBodyStore : IBodyStore, IDisposable
{
    private const string Schema = """
        CREATE TABLE IF NOT EXISTS large_body (
            id TEXT NOT NULL PRIMARY KEY, job INTEGER NOT NULL, created_at INTEGER NOT NULL, data BLOB NOT NULL) STRICT;
        CREATE INDEX IF NOT EXISTS large_body_age ON large_body (created_at);
        """;

    private readonly SqliteDatabase _database;
    private readonly StoreClock _clock;
    private readonly SemaphoreSlim _writer = new(1, 1);
    private SqliteConnection? _bodies; // the writer's: opened when first needed, and when that failed, again

    public SqliteBodyStore(SqliteDatabase database, StoreClock clock)
    {
        _database = database;
        _clock = clock;
    }

    private const string Write = "INSERT INTO large_body (id, job, created_at, data) VALUES ($id, $job, $now, $data)";

    public async Task<string> WriteAsync(JobId job, ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        var id = Guid.CreateVersion7().ToString("N");
        // Tens of megabytes take a while to reach the disk: off the caller's thread.
        await UseAsync(bodies => bodies.Run(Write, ("$id", id), ("$job", job.Value), ("$now", Now), ("$data", data.ToArray())), cancellationToken);
        return id;
    }

    private const string ReadSmall = "SELECT data FROM job_body WHERE job = $job AND part = $part";
    private const string ReadLarge = "SELECT data FROM large_body WHERE id = $id";

    public async Task<byte[]?> ReadAsync(JobId job, BodyPart part, BodyRef reference, CancellationToken cancellationToken)
    {
        if (reference.LargeId is { } id)
            return await UseAsync(bodies => bodies.List(ReadLarge, Bytes, ("$id", id)).FirstOrDefault(), cancellationToken);

        var name = part == BodyPart.Request ? "request" : "result";
        return _database.Read(main => main.List(ReadSmall, Bytes, ("$job", job.Value), ("$part", name)).FirstOrDefault());
    }

    private const string Old = "SELECT id, job FROM large_body WHERE created_at < $limit ORDER BY created_at LIMIT 1000";
    private const string IsReferred = "SELECT count(*) FROM job WHERE id = $job AND (state ->> '$.request.largeId' = $id OR state ->> '$.result.largeId' = $id)";
    private const string Remove = "DELETE FROM large_body WHERE id = $id";

    public Task RemoveAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken) => UseAsync(bodies => ids.Sum(id => bodies.Run(Remove, ("$id", id))), cancellationToken);

    public Task<int> SweepAsync(TimeSpan age, CancellationToken cancellationToken) => UseAsync(bodies =>
    {
        var removed = 0;
        foreach (var (id, job) in bodies.List(Old, reader => (reader.GetString(0), reader.GetInt64(1)), ("$limit", Now - (long)age.TotalMilliseconds)))
        {
            if (_database.Read(main => main.List(IsReferred, reader => reader.GetInt64(0), ("$job", job), ("$id", id))[0]) > 0) continue;
            removed += bodies.Run(Remove, ("$id", id));
        }

        return removed;
    }, cancellationToken);

    public void Dispose()
    {
        _bodies?.Dispose();
        _writer.Dispose();
    }

    private long Now => _clock.Read(DateTimeOffset.MinValue).ToUnixTimeMilliseconds();

    private async Task<T> UseAsync<T>(Func<SqliteConnection, T> use, CancellationToken cancellationToken)
    {
        await _writer.WaitAsync(cancellationToken);
        try
        {
            return await Task.Run(() => SqliteDatabase.Guard(() => use(_bodies ??= Open())), cancellationToken);
        }
        finally
        {
            _writer.Release();
        }
    }

    private SqliteConnection Open()
    {
        var connection = _database.OpenBodies();
        connection.Run(Schema);
        return connection;
    }

    private static byte[] Bytes(SqliteDataReader reader) => reader.GetFieldValue<byte[]>(0);
}
