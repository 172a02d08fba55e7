using Gateway.Grains.Jobs;
using Gateway.Grains.Turns;
using Npgsql;

namespace Gateway.Grains.Storage.Postgres;

/// <summary>Nodes on PostgreSQL: the server's clock judges who is alive, so no node's own clock matters.</summary>
internal sealed class PostgresNodeStore(NpgsqlDataSource source, StoreClock clock) : INodeStore
{
    private const string Register = """
        INSERT INTO node (incarnation, number, status, started_at, heartbeat_at)
        SELECT $1, n, 'live', clock_timestamp(), clock_timestamp()
        FROM generate_series(0, $2) AS n
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
                var numbers = await source.ListAsync(Register, ReadNumber, cancellationToken, incarnation, JobIdSource.NodeNumbers - 1);
                return new NodeIdentity(incarnation, numbers is [var number] ? number : throw new GatewaySetupException("All 1,024 node numbers are taken."));
            }
            catch (PostgresException taken) when (taken.SqlState == PostgresErrorCodes.UniqueViolation)
            {
                // Another node took the number between the look and the insert.
            }
        }
    }

    // A node with nothing to do hears the server's time by its heartbeats alone.
    private int ReadNumber(NpgsqlDataReader reader)
    {
        clock.Read(reader.Time(1));
        return reader.GetInt32(0);
    }

    private const string Beat = "UPDATE node SET heartbeat_at = clock_timestamp(), beats = beats + 1 WHERE incarnation = $1 AND status = 'live' RETURNING heartbeat_at";

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

    private const string Live = "SELECT incarnation, beats, leaving FROM node WHERE status = 'live'";

    public Task<IReadOnlyList<LiveNode>> LiveAsync(CancellationToken cancellationToken) =>
        source.ListAsync(Live, reader => new LiveNode(reader.GetString(0), reader.GetInt64(1), reader.GetBoolean(2)), cancellationToken);

    private const string PrepareToLeave = "UPDATE node SET leaving = true WHERE incarnation = $1 AND status = 'live'";

    public Task PrepareToLeaveAsync(string incarnation, CancellationToken cancellationToken) => source.RunAsync(PrepareToLeave, cancellationToken, incarnation);

    private const string Leave = "UPDATE node SET status = 'dead' WHERE incarnation = $1";

    public Task LeaveAsync(string incarnation, CancellationToken cancellationToken) => source.RunAsync(Leave, cancellationToken, incarnation);
}
