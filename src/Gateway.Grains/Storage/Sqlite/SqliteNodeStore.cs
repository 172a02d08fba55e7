using Gateway.Grains.Jobs;
using Gateway.Grains.Turns;
using Microsoft.Data.Sqlite;

namespace Gateway.Grains.Storage.Sqlite;

/// <summary>Nodes on SQLite. The file lock proves that every earlier incarnation is dead: the start buries them all (L5).</summary>
internal sealed class SqliteNodeStore(SqliteDatabase database, StoreClock clock) : INodeStore
{
    private const string Latest = "SELECT max(heartbeat_at) FROM node";
    private const string Register = """
        WITH RECURSIVE numbers(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < $most)
        INSERT INTO node (incarnation, number, status, started_at, heartbeat_at)
        SELECT $incarnation, n, 'live', $now, $now FROM numbers
        WHERE NOT EXISTS (SELECT 1 FROM node WHERE status = 'live' AND number = n) ORDER BY n LIMIT 1
        RETURNING number
        """;

    public Task<NodeIdentity> RegisterAsync(CancellationToken cancellationToken) => Task.FromResult(database.Read(connection =>
    {
        // The clock must not run backwards over a restart either (T5).
        if (connection.List(Latest, reader => reader.TimeOrNull(0))[0] is { } latest) clock.NotBefore(latest);

        var incarnation = Guid.CreateVersion7().ToString("N");
        var numbers = connection.List(Register, reader => reader.GetInt32(0),
            ("$incarnation", incarnation), ("$most", JobIdSource.NodeNumbers - 1), ("$now", Now(connection)));
        return new NodeIdentity(incarnation, numbers is [var number] ? number : throw new GatewaySetupException("All 1,024 node numbers are taken."));
    }));

    private const string Beat = "UPDATE node SET heartbeat_at = $now, beats = beats + 1 WHERE incarnation = $incarnation AND status = 'live'";

    public Task<bool> BeatAsync(string incarnation, CancellationToken cancellationToken) =>
        Task.FromResult(database.Read(connection => connection.Run(Beat, ("$incarnation", incarnation), ("$now", Now(connection))) == 1));

    private const string Bury = "UPDATE node SET status = 'dead' WHERE status = 'live' AND heartbeat_at < $limit AND incarnation IS NOT $except RETURNING incarnation";

    public Task<IReadOnlyList<string>> BuryAsync(TimeSpan lease, string? except, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<string>>(database.Read(connection =>
            connection.List(Bury, reader => reader.GetString(0), ("$limit", Now(connection) - (long)lease.TotalMilliseconds), ("$except", except))));

    private const string Live = "SELECT incarnation, beats, leaving FROM node WHERE status = 'live'";

    public Task<IReadOnlyList<LiveNode>> LiveAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<LiveNode>>(database.Read(connection =>
            connection.List(Live, reader => new LiveNode(reader.GetString(0), reader.GetInt64(1), reader.GetBoolean(2)))));

    private const string PrepareToLeave = "UPDATE node SET leaving = 1 WHERE incarnation = $incarnation AND status = 'live'";

    public Task PrepareToLeaveAsync(string incarnation, CancellationToken cancellationToken)
    {
        database.Read(connection => connection.Run(PrepareToLeave, ("$incarnation", incarnation)));
        return Task.CompletedTask;
    }

    private const string Leave = "UPDATE node SET status = 'dead' WHERE incarnation = $incarnation";

    public Task LeaveAsync(string incarnation, CancellationToken cancellationToken)
    {
        database.Read(connection => connection.Run(Leave, ("$incarnation", incarnation)));
        return Task.CompletedTask;
    }

    private long Now(SqliteConnection connection) =>
        clock.Read(DateTimeOffset.FromUnixTimeMilliseconds(connection.List("SELECT CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER)", reader => reader.GetInt64(0))[0]))
            .ToUnixTimeMilliseconds();

    /// <summary>At start, under the file lock: nobody else can be alive.</summary>
    public void BuryAll() => database.Read(connection => connection.Run("UPDATE node SET status = 'dead' WHERE status = 'live'"));
}
