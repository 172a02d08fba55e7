using Gateway.Engine.Storage;
using Gateway.Engine.Turns;
using Gateway.Model.Ids;
using Gateway.Model.Jobs;
using Microsoft.Data.Sqlite;

namespace Gateway.Storage.Sqlite;

/// <summary>Bodies on SQLite: small ones beside their job, large ones in a file of their own (T8).</summary>
internal sealed class SqliteBodyStore(SqliteDatabase database, SqliteBodyFile file, StoreClock clock) : IBodyStore
{
    /// <summary>Bodies looked at in one step of a sweep.</summary>
    private const int SweptAtOnce = 200;

    private const string Write = "INSERT INTO large_body (id, job, created_at, data) VALUES ($id, $job, $now, $data)";

    public async Task<string> WriteAsync(JobId job, ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        var id = Guid.CreateVersion7().ToString("N");
        await file.WriteAsync(
            bodies => bodies.Run(Write, ("$id", id), ("$job", job.Value), ("$now", Now), ("$data", data.ToArray())), cancellationToken);
        return id;
    }

    private const string ReadSmall = "SELECT data FROM job_body WHERE job = $job AND part = $part";
    private const string ReadLarge = "SELECT data FROM large_body WHERE id = $id";

    public async Task<byte[]?> ReadAsync(JobId job, BodyPart part, BodyRef reference, CancellationToken cancellationToken)
    {
        if (reference.LargeId is { } id)
            return await file.ReadAsync(bodies => bodies.List(ReadLarge, Bytes, ("$id", id)).FirstOrDefault(), cancellationToken);

        var name = part == BodyPart.Request ? "request" : "result";
        return database.Read(main => main.List(ReadSmall, Bytes, ("$job", job.Value), ("$part", name)).FirstOrDefault());
    }

    // By id, which is of the time it was given at: a page goes on after the last, past those that stay.
    private const string Old = "SELECT id, job FROM large_body WHERE id > $after AND created_at < $limit ORDER BY id LIMIT $most";
    private const string IsReferred =
        "SELECT count(*) FROM job WHERE id = $job AND (state ->> '$.request.largeId' = $id OR state ->> '$.result.largeId' = $id)";
    private const string Remove = "DELETE FROM large_body WHERE id = $id";

    public Task RemoveAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken) =>
        file.WriteAsync(bodies => ids.Sum(id => bodies.Run(Remove, ("$id", id))), cancellationToken);

    public async Task<int> SweepAsync(TimeSpan age, CancellationToken cancellationToken)
    {
        var (removed, after, limit) = (0, "", Now - (long)age.TotalMilliseconds);
        while (true)
        {
            // The file is let go between pages: submits write to it.
            var page = await file.WriteAsync(bodies => SweepPage(bodies, after, limit), cancellationToken);
            removed += page.Removed;
            if (page.Last is not { } last) return removed;
            after = last;
        }
    }

    private (int Removed, string? Last) SweepPage(SqliteConnection bodies, string after, long limit)
    {
        var removed = 0;
        var page = bodies.List(
            Old, reader => (Id: reader.GetString(0), Job: reader.GetInt64(1)), ("$after", after), ("$limit", limit),
            ("$most", SweptAtOnce));
        foreach (var (id, job) in page)
        {
            if (database.Read(main => main.List(IsReferred, reader => reader.GetInt64(0), ("$job", job), ("$id", id))[0]) > 0) continue;
            removed += bodies.Run(Remove, ("$id", id));
        }

        return (removed, page.Count == SweptAtOnce ? page[^1].Id : null);
    }

    private long Now => clock.Read(DateTimeOffset.MinValue).ToUnixTimeMilliseconds();

    private static byte[] Bytes(SqliteDataReader reader) => reader.GetFieldValue<byte[]>(0);
}
