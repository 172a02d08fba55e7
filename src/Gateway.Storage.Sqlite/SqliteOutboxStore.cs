using Gateway.Engine.Storage;
using Gateway.Model.Ids;
using Gateway.Model.Jobs;
using Gateway.Model.Kinds;
using Gateway.Model.Outbox;
using Microsoft.Data.Sqlite;

namespace Gateway.Storage.Sqlite;

/// <summary>The outbox on SQLite. One process, one sender: what is claimed is claimed.</summary>
internal sealed class SqliteOutboxStore(SqliteDatabase database) : IOutboxStore
{
    private const string Hosts = """
        WITH RECURSIVE hosts(host) AS (
            SELECT min(host) FROM outbox
            UNION ALL
            SELECT (SELECT min(host) FROM outbox WHERE host > hosts.host) FROM hosts WHERE hosts.host IS NOT NULL)
        SELECT host, (SELECT min(due_at) FROM outbox WHERE outbox.host = hosts.host) FROM hosts WHERE host IS NOT NULL
        """;

    public Task<IReadOnlyList<OutboxHost>> HostsAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<OutboxHost>>(database.Read(connection =>
        connection.List(Hosts, reader => new OutboxHost(reader.GetString(0), reader.Time(1)))));

    private const string Claim = """
        UPDATE outbox SET due_at = $until, tries = tries + 1 WHERE (job, kind, seq) IN (
            SELECT job, kind, seq FROM outbox AS head
            WHERE host = $host AND due_at <= $now AND NOT EXISTS (
                SELECT 1 FROM outbox AS earlier WHERE earlier.job = head.job AND earlier.kind = head.kind AND earlier.seq < head.seq)
            ORDER BY due_at, job LIMIT $limit)
        RETURNING kind, job, seq, url, first_at, tries, host
        """;

    // After the claim: behind a message that has just been taken, the next one waits as long as the claim may last.
    private const string PutOff = """
        UPDATE outbox SET due_at = max($soon, (
            SELECT head.due_at FROM outbox AS head WHERE head.job = outbox.job AND head.kind = outbox.kind ORDER BY head.seq LIMIT 1))
        WHERE host = $host AND due_at <= $now AND EXISTS (
            SELECT 1 FROM outbox AS earlier WHERE earlier.job = outbox.job AND earlier.kind = outbox.kind AND earlier.seq < outbox.seq)
        """;

    public Task<IReadOnlyList<OutboxMessage>> ClaimAsync(
        string host, int limit, DateTimeOffset now, DateTimeOffset until, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<OutboxMessage>>(database.Read(connection =>
        {
            var claimed = connection.List(Claim, Message, ("$host", host), ("$limit", limit), ("$now", At(now)), ("$until", At(until)));
            connection.Run(PutOff, ("$host", host), ("$now", At(now)), ("$soon", At(now) + 1000));
            return claimed;
        }));

    private const string Remove = """
        DELETE FROM outbox WHERE job = $job AND kind = $kind AND seq = $seq;
        UPDATE outbox SET due_at = $now WHERE job = $job AND kind = $kind AND seq = (SELECT min(seq) FROM outbox WHERE job = $job
            AND kind = $kind);
        """;

    public Task RemoveAsync(OutboxMessage message, DateTimeOffset now, CancellationToken cancellationToken) =>
        Run(Remove, message, ("$now", now));

    private const string Postpone = "UPDATE outbox SET due_at = $due WHERE job = $job AND kind = $kind AND seq = $seq";

    public Task PostponeAsync(OutboxMessage message, DateTimeOffset dueAt, CancellationToken cancellationToken) =>
        Run(Postpone, message, ("$due", dueAt));

    private const string AddAgain = """
        INSERT INTO outbox (job, kind, seq, host, url, due_at, first_at) VALUES ($job, $kind, $seq, $host, $url, $now, $now)
        ON CONFLICT (job, kind, seq) DO UPDATE SET due_at = excluded.due_at, first_at = excluded.first_at, tries = 0
        """;

    public Task AddAgainAsync(OutboxMessage message, DateTimeOffset now, CancellationToken cancellationToken)
    {
        database.Read(connection => connection.Run(
            AddAgain, ("$job", message.Job.Value), ("$kind", message.Kind.Name), ("$seq", message.Seq),
            ("$host", message.Host), ("$url", message.Url), ("$now", At(now))));
        return Task.CompletedTask;
    }

    private Task Run(string sql, OutboxMessage message, (string Name, DateTimeOffset Value) time)
    {
        database.Read(connection => connection.Run(sql,
            ("$job", message.Job.Value), ("$kind", message.Kind.Name), ("$seq", message.Seq), (time.Name, At(time.Value))));
        return Task.CompletedTask;
    }

    private static long At(DateTimeOffset time) => time.ToUnixTimeMilliseconds();

    private static OutboxMessage Message(SqliteDataReader reader) => new(
        OutboxNames.Kind(reader.GetString(0)), new JobId(reader.GetInt64(1)), reader.GetInt64(2), reader.GetString(3), reader.Time(4),
        reader.GetInt32(5))
    { Host = reader.GetString(6) };
}
