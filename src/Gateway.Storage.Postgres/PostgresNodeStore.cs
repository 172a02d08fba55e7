using Gateway.Engine.Jobs;
using Gateway.Engine.Storage;
using Gateway.Engine.Turns;
using Gateway.Model.Ids;
using Npgsql;

namespace Gateway.Storage.Postgres;

/// <summary>Nodes on PostgreSQL: the server's clock judges who is alive, so no node's own clock matters.</summary>
internal sealed class PostgresNodeStore(NpgsqlDataSource source, StoreClock clock) : INodeStore
{
    private const string Register = """
        INSERT INTO node (incarnation, number, status, started_at, heartbeat_at)
        SELECT $1, n, 'live', clock_timestamp(), clock_timestamp()
        FROM generate_series($2, $3) AS n
        WHERE NOT EXISTS (SELECT 1 FROM node WHERE status = 'live' AND number = n) ORDER BY n LIMIT 1
        RETURNING number, heartbeat_at
        """;

    public async Task<NodeIdentity> RegisterAsync(CancellationToken cancellationToken)
    {
        var incarnation = Guid.CreateVersion7().ToString("N");
        while (true)
        {
            try
            {
                var numbers = await source.ListAsync(
                    Register, ReadNumber, cancellationToken, incarnation, NodeNumbers.First, NodeNumbers.Last);
                var (number, now) = numbers is [var free] ? free : throw new GatewaySetupException(NodeNumbers.AllTaken);
                return new NodeIdentity(incarnation, number, await IdsAfterAsync(number, now, cancellationToken));
            }
            catch (PostgresException taken) when (taken.SqlState == PostgresErrorCodes.UniqueViolation)
            {
                // Another node took the number between the look and the insert.
            }
        }
    }

    // A node with nothing to do hears the server's time by its heartbeats alone.
    private (int Number, DateTimeOffset Now) ReadNumber(NpgsqlDataReader reader) => (reader.GetInt32(0), clock.Read(reader.Time(1)));

    // What an earlier holder of the number made ahead of its clock, or by a clock that has been set back since. It is dead, so nothing
    // of it is committed any more, and a statement after the registration sees all that was.
    private const string NewestId = """
        SELECT max(id) FROM (SELECT id FROM job WHERE id >= $1 UNION ALL SELECT id FROM asset WHERE id >= $1) AS made
        WHERE (id >> 12) & 1023 = $2 OR (id >> 6) & 65535 = $3
        """;

    private async Task<DateTimeOffset> IdsAfterAsync(int number, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var pattern = JobIdSource.Pattern.Of(number);
        var newest = await source.ListAsync(NewestId, reader => reader.IsDBNull(0) ? (long?)null : reader.GetInt64(0), cancellationToken,
            JobIdSource.FirstAt(now).Value, pattern.Whole, pattern.Short);
        return newest is [{ } id] ? JobIdSource.MadeAt(new JobId(id)) : now;
    }

    private const string Beat =
        "UPDATE node SET heartbeat_at = clock_timestamp(), beats = beats + 1 WHERE incarnation = $1 AND status = 'live' RETURNING " +
            "heartbeat_at";

    public async Task<bool> BeatAsync(string incarnation, CancellationToken cancellationToken) =>
        (await source.ListAsync(Beat, reader => clock.Read(reader.Time(0)), cancellationToken, incarnation)).Count == 1;

    // FOR UPDATE waits for whatever the incarnation has under way, on either of its connections.
    private const string Bury = """
        WITH lapsed AS (
            SELECT incarnation FROM node
            WHERE status = 'live' AND heartbeat_at < clock_timestamp() - $1::interval AND incarnation IS DISTINCT FROM $2::text
            ORDER BY incarnation FOR UPDATE)
        UPDATE node SET status = 'dead' FROM lapsed WHERE node.incarnation = lapsed.incarnation RETURNING node.incarnation
        """;

    public Task<IReadOnlyList<string>> BuryAsync(TimeSpan lease, string? except, CancellationToken cancellationToken) =>
        source.ListAsync(Bury, reader => reader.GetString(0), cancellationToken, lease, except);

    private const string Live = "SELECT incarnation, number, beats, leaving FROM node WHERE status = 'live'";

    public Task<IReadOnlyList<LiveNode>> LiveAsync(CancellationToken cancellationToken) =>
        source.ListAsync(
            Live,
            reader => new LiveNode(reader.GetString(0), reader.GetInt32(1), reader.GetInt64(2), reader.GetBoolean(3)),
            cancellationToken);

    private const string PrepareToLeave = "UPDATE node SET leaving = true WHERE incarnation = $1 AND status = 'live'";

    public Task PrepareToLeaveAsync(string incarnation, CancellationToken cancellationToken) =>
        source.RunAsync(PrepareToLeave, cancellationToken, incarnation);

    private const string Leave = "UPDATE node SET status = 'dead' WHERE incarnation = $1";

    public Task LeaveAsync(string incarnation, CancellationToken cancellationToken) =>
        source.RunAsync(Leave, cancellationToken, incarnation);
}
