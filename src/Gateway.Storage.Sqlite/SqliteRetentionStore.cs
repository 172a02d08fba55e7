using Gateway.Engine.Jobs;
using Gateway.Engine.Storage;
using Gateway.Model.Ids;
using Gateway.Model.Jobs;
using Microsoft.Data.Sqlite;

namespace Gateway.Storage.Sqlite;

/// <summary>
/// Pruning on SQLite, whose one writer turns must share: each step is a short transaction, off the caller's thread, and the
/// pauses between steps are the turns'.
/// </summary>
internal sealed class SqliteRetentionStore(SqliteDatabase database, SqliteBodyFile file) : IRetentionStore
{
    private const string Old = """
        SELECT state, version FROM job
        WHERE id < $first AND status IN ('succeeded', 'failed', 'cancelled', 'expired')
          AND NOT EXISTS (SELECT 1 FROM job_event WHERE job_event.job = job.id AND job_event.at >= $before)
        ORDER BY id LIMIT $limit
        """;

    private const string LastFeed = "SELECT coalesce(max(feed), 0) FROM job_event WHERE job = $job";

    private const string RemoveJob = """
        DELETE FROM job_body WHERE job = $job;
        DELETE FROM outbox WHERE job = $job;
        DELETE FROM result_due WHERE job = $job;
        DELETE FROM result_copy WHERE job = $job;
        DELETE FROM webhook_delivery WHERE job = $job;
        DELETE FROM job_event WHERE job = $job;
        DELETE FROM job WHERE id = $job;
        """;

    private const string Mark = """
        INSERT INTO setting (key, value) VALUES ('feed_pruned', CAST($feed AS TEXT))
        ON CONFLICT (key) DO UPDATE SET value = CAST(max(CAST(setting.value AS INTEGER), $feed) AS TEXT)
        """;

    private const string RemoveStream = "DELETE FROM job_stream WHERE job = $job";

    public async Task<IReadOnlyList<JobState>> PruneJobsAsync(DateTimeOffset endedBefore, int limit, CancellationToken cancellationToken)
    {
        var jobs = await Task.Run(() => database.Read(connection => connection.List(
            Old, reader => StateJson.ReadJob(reader.GetString(0), reader.GetInt64(1)),
            ("$first", JobIdSource.FirstAt(endedBefore).Value), ("$before", At(endedBefore)), ("$limit", limit))), cancellationToken);
        // Streams first: they lie in another file, and once their jobs are gone nobody would find them. What has ended stays so.
        List<JobId> streamed = [.. jobs.Where(job => job.IsStreamed).Select(job => job.Id)];
        if (streamed.Count > 0)
            await file.WriteAsync(bodies => streamed.Sum(job => bodies.Run(RemoveStream, ("$job", job.Value))), cancellationToken);
        if (jobs.Count > 0) await Task.Run(() => database.Read(connection => Remove(connection, jobs)), cancellationToken);
        return jobs;
    }

    private static int Remove(SqliteConnection connection, IReadOnlyList<JobState> jobs)
    {
        using var transaction = connection.BeginTransaction(deferred: false);
        var lastFeed = 0L;
        foreach (var job in jobs)
        {
            lastFeed = Math.Max(lastFeed, connection.List(LastFeed, reader => reader.GetInt64(0), ("$job", job.Id.Value))[0]);
            connection.Run(RemoveJob, ("$job", job.Id.Value));
        }

        var removed = connection.Run(Mark, ("$feed", lastFeed));
        transaction.Commit();
        return removed;
    }

    private const string Keys =
        "DELETE FROM idempotency WHERE (team, key) IN (SELECT team, key FROM idempotency WHERE expires_at < $before ORDER BY expires_at " +
            "LIMIT $limit)";

    public Task<int> PruneKeysAsync(DateTimeOffset expiredBefore, int limit, CancellationToken cancellationToken) =>
        RunAsync(Keys, ("$before", At(expiredBefore)), ("$limit", limit));

    private const string Deliveries = """
        DELETE FROM webhook_delivery WHERE (job, seq) IN (
            SELECT job, seq FROM webhook_delivery WHERE job < $first AND tried_at < $before ORDER BY job, seq LIMIT $limit)
        """;

    public Task<int> PruneDeliveriesAsync(DateTimeOffset triedBefore, int limit, CancellationToken cancellationToken) =>
        RunAsync(Deliveries, ("$first", JobIdSource.FirstAt(triedBefore).Value), ("$before", At(triedBefore)), ("$limit", limit));

    // Ids rise with time: the oldest are looked at, and nothing behind them.
    private const string Audit = "DELETE FROM audit WHERE at < $before AND id IN (SELECT id FROM audit ORDER BY id LIMIT $limit)";

    public Task<int> PruneAuditAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken) =>
        RunAsync(Audit, ("$before", At(before)), ("$limit", limit));

    private Task<int> RunAsync(string sql, params (string Name, object? Value)[] parameters) =>
        Task.Run(() => database.Read(connection => connection.Run(sql, parameters)));

    private static long At(DateTimeOffset time) => time.ToUnixTimeMilliseconds();
}
