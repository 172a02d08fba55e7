using Gateway.Engine.Jobs;
using Gateway.Engine.Storage;
using Gateway.Engine.Turns;
using Gateway.Model.Ids;
using Microsoft.Data.Sqlite;

namespace Gateway.Storage.Sqlite;

/// <summary>Nodes on SQLite. The file lock proves that every earlier incarnation is dead: the start buries them all (L5).</summary>
internal sealed class SqliteNodeStore(SqliteDatabase database, StoreClock clock) : INodeStore
{
    private const string Latest = "SELECT max(heartbeat_at) FROM node";
    private const string Register = """
        WITH RECURSIVE numbers(n) AS (SELECT $first UNION ALL SELECT n + 1 FROM numbers WHERE n < $last)
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
        var now = Now(connection);
        var numbers = connection.List(Register, reader => reader.GetInt32(0),
            ("$incarnation", incarnation), ("$first", NodeNumbers.First), ("$last", NodeNumbers.Last), ("$now", now));
        var number = numbers is [var free] ? free : throw new GatewaySetupException(NodeNumbers.AllTaken);
        return new NodeIdentity(incarnation, number, IdsAfter(connection, number, DateTimeOffset.FromUnixTimeMilliseconds(now)));
    }));

    // What an earlier holder of the number made ahead of its clock, or by a clock that has been set back since.
    private const string NewestId = """
        SELECT max(id) FROM (SELECT id FROM job WHERE id >= $from UNION ALL SELECT id FROM asset WHERE id >= $from)
        WHERE (id >> 12) & 1023 = $whole OR (id >> 6) & 65535 = $short
        """;

    private static DateTimeOffset IdsAfter(SqliteConnection connection, int number, DateTimeOffset now)
    {
        var pattern = JobIdSource.Pattern.Of(number);
        var newest = connection.List(NewestId, reader => reader.IsDBNull(0) ? (long?)null : reader.GetInt64(0),
            ("$from", JobIdSource.FirstAt(now).Value), ("$whole", pattern.Whole), ("$short", pattern.Short))[0];
        return newest is { } id ? JobIdSource.MadeAt(new JobId(id)) : now;
    }

    private const string Beat =
        "UPDATE node SET heartbeat_at = $now, beats = beats + 1 WHERE incarnation = $incarnation AND status = 'live'";

    public Task<bool> BeatAsync(string incarnation, CancellationToken cancellationToken) =>
        Task.FromResult(database.Read(connection => connection.Run(Beat, ("$incarnation", incarnation), ("$now", Now(connection))) == 1));

    private const string Bury =
        "UPDATE node SET status = 'dead' WHERE status = 'live' AND heartbeat_at < $limit AND incarnation IS NOT $except RETURNING " +
            "incarnation";

    public Task<IReadOnlyList<string>> BuryAsync(TimeSpan lease, string? except, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<string>>(database.Read(connection =>
            connection.List(
                Bury, reader => reader.GetString(0), ("$limit", Now(connection) - (long)lease.TotalMilliseconds), ("$except", except))));

    private const string Live = "SELECT incarnation, number, beats, leaving FROM node WHERE status = 'live'";

    public Task<IReadOnlyList<LiveNode>> LiveAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<LiveNode>>(database.Read(connection =>
            connection.List(
                Live, reader => new LiveNode(reader.GetString(0), reader.GetInt32(1), reader.GetInt64(2), reader.GetBoolean(3)))));

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
        clock.Read(
            DateTimeOffset.FromUnixTimeMilliseconds(
                connection.List("SELECT CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER)", reader => reader.GetInt64(0))[0]))
            .ToUnixTimeMilliseconds();

    /// <summary>At start, under the file lock: nobody else can be alive.</summary>
    public void BuryAll() => database.Read(connection => connection.Run("UPDATE node SET status = 'dead' WHERE status = 'live'"));
}
