using Gateway.Engine.Jobs;
using Gateway.Engine.Storage;
using Gateway.Model.Jobs;
using Npgsql;

namespace Gateway.Storage.Postgres;

/// <summary>Pruning on PostgreSQL. Each step is one statement, and what somebody else has locked is left for the next round.</summary>
internal sealed class PostgresRetentionStore(NpgsqlDataSource source) : IRetentionStore
{
    // From the oldest id on: finished jobs lie there together. A job with a late end has an event that is too young.
    private const string Jobs = """
        WITH old AS MATERIALIZED (
            SELECT id FROM job
            WHERE id < $1 AND status IN ('succeeded', 'failed', 'cancelled', 'expired')
              AND NOT EXISTS (SELECT 1 FROM job_event WHERE job_event.job = job.id AND job_event.at >= $2)
            ORDER BY id LIMIT $3 FOR UPDATE SKIP LOCKED),
        bodies AS (DELETE FROM job_body WHERE job IN (SELECT id FROM old)),
        streams AS (DELETE FROM job_stream WHERE job IN (SELECT id FROM old)),
        messages AS (DELETE FROM outbox WHERE job IN (SELECT id FROM old)),
        due AS (DELETE FROM result_due WHERE job IN (SELECT id FROM old)),
        copies AS (DELETE FROM result_copy WHERE job IN (SELECT id FROM old)),
        deliveries AS (DELETE FROM webhook_delivery WHERE job IN (SELECT id FROM old)),
        events AS (DELETE FROM job_event WHERE job IN (SELECT id FROM old) RETURNING feed),
        mark AS (
            INSERT INTO setting (key, value) SELECT 'feed_pruned', max(feed::text::numeric)::text FROM events HAVING count(*) > 0
            ON CONFLICT (key) DO UPDATE SET value = greatest(setting.value::numeric, excluded.value::numeric)::text)
        DELETE FROM job WHERE id IN (SELECT id FROM old) RETURNING state, version
        """;

    public Task<IReadOnlyList<JobState>> PruneJobsAsync(DateTimeOffset endedBefore, int limit, CancellationToken cancellationToken) =>
        source.ListAsync(Jobs, reader => StateJson.ReadJob(reader.GetString(0), reader.GetInt64(1)), cancellationToken,
            JobIdSource.FirstAt(endedBefore).Value, endedBefore, limit);

    private const string Keys = """
        DELETE FROM idempotency WHERE (team, key) IN (
            SELECT team, key FROM idempotency WHERE expires_at < $1 ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED)
        """;

    public Task<int> PruneKeysAsync(DateTimeOffset expiredBefore, int limit, CancellationToken cancellationToken) =>
        source.RunAsync(Keys, cancellationToken, expiredBefore, limit);

    private const string Deliveries = """
        DELETE FROM webhook_delivery WHERE (job, seq) IN (
            SELECT job, seq FROM webhook_delivery WHERE job < $1 AND tried_at < $2 ORDER BY job, seq LIMIT $3 FOR UPDATE SKIP LOCKED)
        """;

    public Task<int> PruneDeliveriesAsync(DateTimeOffset triedBefore, int limit, CancellationToken cancellationToken) =>
        source.RunAsync(Deliveries, cancellationToken, JobIdSource.FirstAt(triedBefore).Value, triedBefore, limit);

    // Ids rise with time: the oldest are looked at, and nothing behind them.
    private const string Audit =
        "DELETE FROM audit WHERE at < $1 AND id IN (SELECT id FROM audit ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED)";

    public Task<int> PruneAuditAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken) =>
        source.RunAsync(Audit, cancellationToken, before, limit);
}
