using Gateway.Engine.Storage;
using Gateway.Model.Ids;
using Gateway.Model.Jobs;
using Gateway.Model.Kinds;
using Gateway.Model.Outbox;
using Npgsql;

namespace Gateway.Storage.Postgres;

/// <summary>The outbox on PostgreSQL: any number of nodes may send, a row is claimed by one of them at a time.</summary>
internal sealed class PostgresOutboxStore(NpgsqlDataSource source) : IOutboxStore
{
    private const string Hosts = """
        WITH RECURSIVE hosts(host) AS (
            (SELECT host FROM outbox ORDER BY host LIMIT 1)
            UNION ALL
            SELECT (SELECT outbox.host FROM outbox WHERE outbox.host > hosts.host ORDER BY outbox.host LIMIT 1) FROM hosts
                WHERE hosts.host IS NOT NULL)
        SELECT host, (SELECT min(due_at) FROM outbox WHERE outbox.host = hosts.host) FROM hosts WHERE host IS NOT NULL
        """;

    public Task<IReadOnlyList<OutboxHost>> HostsAsync(CancellationToken cancellationToken) =>
        source.ListAsync(Hosts, reader => new OutboxHost(reader.GetString(0), reader.Time(1)), cancellationToken);

    private const string Claim = """
        UPDATE outbox SET due_at = $4, tries = tries + 1 FROM (
            SELECT job, kind, seq FROM outbox AS head
            WHERE host = $1 AND due_at <= $3 AND NOT EXISTS (
                SELECT 1 FROM outbox AS earlier WHERE earlier.job = head.job AND earlier.kind = head.kind AND earlier.seq < head.seq)
            ORDER BY due_at, job LIMIT $2 FOR UPDATE SKIP LOCKED) AS mine
        WHERE outbox.job = mine.job AND outbox.kind = mine.kind AND outbox.seq = mine.seq
        RETURNING outbox.kind, outbox.job, outbox.seq, url, first_at, tries, host
        """;

    // After the claim: behind a message that has just been taken, the next one waits as long as the claim may last. Another
    // node that removes the head in this moment makes it wait that long in vain; it is never lost.
    private const string PutOff = """
        UPDATE outbox SET due_at = greatest($3, mine.head_due_at) FROM (
            SELECT behind.job, behind.kind, behind.seq, head.due_at AS head_due_at
            FROM outbox AS behind JOIN outbox AS head ON head.job = behind.job AND head.kind = behind.kind AND head.seq < behind.seq
            WHERE behind.host = $1 AND behind.due_at <= $2 AND NOT EXISTS (
                SELECT 1 FROM outbox AS earlier WHERE earlier.job = head.job AND earlier.kind = head.kind AND earlier.seq < head.seq)
            FOR UPDATE OF behind SKIP LOCKED) AS mine
        WHERE outbox.job = mine.job AND outbox.kind = mine.kind AND outbox.seq = mine.seq
        """;

    public async Task<IReadOnlyList<OutboxMessage>> ClaimAsync(
        string host, int limit, DateTimeOffset now, DateTimeOffset until, CancellationToken cancellationToken)
    {
        var claimed = await source.ListAsync(Claim, Message, cancellationToken, host, limit, now, until);
        await source.RunAsync(PutOff, cancellationToken, host, now, now.AddSeconds(1));
        return claimed;
    }

    private const string Remove = """
        WITH told AS (DELETE FROM outbox WHERE job = $1 AND kind = $2 AND seq = $3)
        UPDATE outbox SET due_at = $4 WHERE job = $1 AND kind = $2 AND seq = (SELECT min(seq) FROM outbox WHERE job = $1 AND kind = $2
            AND seq > $3)
        """;

    public Task RemoveAsync(OutboxMessage message, DateTimeOffset now, CancellationToken cancellationToken) =>
        source.RunAsync(Remove, cancellationToken, message.Job.Value, message.Kind.Name, message.Seq, now);

    private const string Postpone = "UPDATE outbox SET due_at = $4 WHERE job = $1 AND kind = $2 AND seq = $3";

    public Task PostponeAsync(OutboxMessage message, DateTimeOffset dueAt, CancellationToken cancellationToken) =>
        source.RunAsync(Postpone, cancellationToken, message.Job.Value, message.Kind.Name, message.Seq, dueAt);

    private const string AddAgain = """
        INSERT INTO outbox (job, kind, seq, host, url, due_at, first_at) VALUES ($1, $2, $3, $4, $5, $6, $6)
        ON CONFLICT (job, kind, seq) DO UPDATE SET due_at = excluded.due_at, first_at = excluded.first_at, tries = 0
        """;

    public Task AddAgainAsync(OutboxMessage message, DateTimeOffset now, CancellationToken cancellationToken) =>
        source.RunAsync(AddAgain, cancellationToken, message.Job.Value, message.Kind.Name, message.Seq, message.Host, message.Url, now);

    private static OutboxMessage Message(NpgsqlDataReader reader) => new(
        OutboxNames.Kind(reader.GetString(0)), new JobId(reader.GetInt64(1)), reader.GetInt64(2), reader.GetString(3), reader.Time(4),
        reader.GetInt32(5))
    { Host = reader.GetString(6) };
}
