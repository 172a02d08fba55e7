using System.Globalization;
using System.Text;
using Gateway.Engine.Storage;
using Gateway.Model.Accounts;
using Gateway.Model.Ids;
using Gateway.Model.Jobs;
using Gateway.Model.Kinds;
using Gateway.Model.Queueing;
using Gateway.Model.Teams;
using Microsoft.Data.Sqlite;

namespace Gateway.Storage.Sqlite;

/// <summary>Reads on SQLite; see <see cref="SqliteDatabase.Read{T}"/> for why they run on the calling thread.</summary>
internal sealed class SqliteQueryStore(SqliteDatabase database) : IQueryStore
{
    private const string Accounts = "SELECT state, version FROM account ORDER BY id";

    public Task<IReadOnlyList<AccountState>> AccountsAsync(CancellationToken cancellationToken) => List(Accounts, Account);

    private const string AccountsById = "SELECT state, version FROM account WHERE id IN (SELECT value FROM json_each($ids))";

    public Task<IReadOnlyList<AccountState>> AccountsAsync(IReadOnlyCollection<AccountId> ids, CancellationToken cancellationToken) =>
        List(AccountsById, Account, ("$ids", StateJson.Write([.. ids.Select(id => id.Value)])));

    private const string AccountById = "SELECT state, version FROM account WHERE id = $id";

    public Task<AccountState?> AccountAsync(AccountId id, CancellationToken cancellationToken) =>
        First(AccountById, Account, ("$id", id.Value));

    private const string JobById = "SELECT state, version FROM job WHERE id = $id";

    public Task<JobState?> JobAsync(JobId id, CancellationToken cancellationToken) => First(JobById, Job, ("$id", id.Value));

    private const string JobsById = "SELECT state, version FROM job WHERE id IN (SELECT CAST(value AS INTEGER) FROM json_each($ids))";

    public Task<IReadOnlyList<JobState>> JobsAsync(IReadOnlyCollection<JobId> ids, CancellationToken cancellationToken) =>
        List(JobsById, Job, ("$ids", Json(ids)));

    private const string Versions = "SELECT id, version FROM job WHERE id IN (SELECT CAST(value AS INTEGER) FROM json_each($ids))";

    public Task<IReadOnlyList<(JobId Job, long Version)>> VersionsAsync(
        IReadOnlyCollection<JobId> jobs, CancellationToken cancellationToken) =>
        List(Versions, reader => (new JobId(reader.GetInt64(0)), reader.GetInt64(1)), ("$ids", Json(jobs)));

    private static string Json(IReadOnlyCollection<JobId> ids) =>
        StateJson.Write([.. ids.Select(id => id.Value.ToString(CultureInfo.InvariantCulture))]);

    // Only what is asked for: with "$team IS NULL OR team = $team" SQLite would walk the whole table.
    private static string JobsOf(JobFilter filter)
    {
        var and = new StringBuilder();
        if (filter.Failure is not null) and.Append(" AND failure = $failure");
        if (filter.Team is not null) and.Append(" AND team = $team");
        if (filter.Status is not null) and.Append(" AND status = $status");
        if (filter.Kind is not null) and.Append(" AND kind = $kind");
        if (filter.Account is not null) and.Append(" AND account = $account");
        if (filter.From is not null) and.Append(" AND id >= $from");
        if (filter.Lane is not null) and.Append(" AND lane = $lane");
        if (filter.Model is not null) and.Append(" AND state ->> '$.model' = $model");
        return $"SELECT state, version FROM job WHERE id < $before{and} ORDER BY id DESC LIMIT $limit";
    }

    public Task<IReadOnlyList<JobState>> JobsAsync(JobFilter filter, CancellationToken cancellationToken) => List(JobsOf(filter), Job,
        ("$failure", filter.Failure), ("$lane", filter.Lane), ("$model", filter.Model),
        ("$team", filter.Team?.Value), ("$status", filter.Status?.Name), ("$kind", filter.Kind?.Name),
        ("$account", filter.Account?.Value), ("$before", filter.Before?.Value ?? long.MaxValue), ("$from", filter.From?.Value ?? 0),
        ("$limit", filter.Limit));

    private const string FirstQueue =
        "SELECT lane, team, priority FROM job WHERE status = 'queued' AND not_before IS NULL ORDER BY lane, team, priority LIMIT 1";

    // A step each: for one comparison of all three SQLite seeks to the queue itself and walks over its jobs.
    private static readonly string[] NextQueues =
    [
        .. new[] { "lane = $lane AND team = $team AND priority > " +
            "$priority", "lane = $lane AND team > $team", "lane > $lane" }.Select(after =>
            $"SELECT lane, team, priority FROM job WHERE status = 'queued' AND not_before IS NULL AND {after} ORDER BY lane, team, " +
                $"priority LIMIT 1"),
    ];

    public Task<IReadOnlyList<QueueKey>> QueuesAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<QueueKey>>(database.Read(connection =>
    {
        List<QueueKey> queues = [];
        for (var next = connection.List(FirstQueue, Queue); next is [var queue, ..]; next = After(connection, queue)) queues.Add(queue);
        return queues;
    }));

    private static List<QueueKey> After(SqliteConnection connection, QueueKey queue)
    {
        foreach (var sql in NextQueues)
            if (
                connection.List(
                    sql, Queue, ("$lane", queue.Lane), ("$team", queue.Team.Value), ("$priority", queue.Priority)) is { Count: > 0 } next)
                return next;
        return [];
    }

    private static QueueKey Queue(SqliteDataReader reader) => new(reader.GetString(0), new TeamId(reader.GetString(1)), reader.GetInt32(2));

    private const string Heads = """
        SELECT state, version FROM job WHERE status = 'queued' AND not_before IS NULL AND lane = $lane AND team = $team
            AND priority = $priority
        ORDER BY id LIMIT $limit
        """;

    public Task<IReadOnlyList<JobState>> HeadsAsync(
        IReadOnlyCollection<QueueKey> queues, int limitEach, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<JobState>>(database.Read(connection => (List<JobState>)[.. queues.SelectMany(queue =>
            connection.List(
                Heads, Job, ("$lane", queue.Lane), ("$team", queue.Team.Value), ("$priority", queue.Priority), ("$limit", limitEach)))]));

    private const string Length = """
        SELECT count(*) FROM (
            SELECT 1 FROM job WHERE status = 'queued' AND not_before IS NULL AND lane = $lane AND team = $team AND priority = $priority
                AND id < $id LIMIT $most)
        """;

    public Task<IReadOnlyList<int>> LengthsAsync(IReadOnlyCollection<QueueKey> queues, int most, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<int>>(
            database.Read(connection => (List<int>)[.. queues.Select(queue => Count(connection, queue, long.MaxValue, most))]));

    public Task<int> AheadAsync(JobState job, int most, CancellationToken cancellationToken) =>
        Task.FromResult(database.Read(connection => Count(connection, QueueKey.Of(job), job.Id.Value, most)));

    private static int Count(SqliteConnection connection, QueueKey queue, long before, int most) =>
        connection.List(Length, reader => reader.GetInt32(0),
        ("$lane", queue.Lane), ("$team", queue.Team.Value), ("$priority", queue.Priority), ("$id", before), ("$most", most))[0];

    private const string QueuedOfTeam = "SELECT count(*) FROM (SELECT 1 FROM job WHERE team = $team AND status = 'queued' LIMIT $most)";
    private const string QueuedOfAll = """
        SELECT count(*) FROM (SELECT 1 FROM job WHERE status = 'queued' AND status IN ('queued', 'submitting', 'running', 'unknown')
            LIMIT $most)
        """;

    public async Task<int> QueuedAsync(TeamId? team, int most, CancellationToken cancellationToken) => (team is { } one
        ? await List(QueuedOfTeam, reader => reader.GetInt32(0), ("$team", one.Value), ("$most", most))
        : await List(QueuedOfAll, reader => reader.GetInt32(0), ("$most", most)))[0];

    private const string NextWake = "SELECT wake_at FROM job WHERE wake_at IS NOT NULL ORDER BY wake_at LIMIT 1";

    public async Task<DateTimeOffset?> NextWakeAsync(CancellationToken cancellationToken) =>
        await List(NextWake, reader => DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(0))) is [var next, ..] ? next : null;

    private const string Due = "SELECT id FROM job WHERE wake_at <= $now ORDER BY wake_at LIMIT $limit";

    public Task<IReadOnlyList<JobId>> DueAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken) =>
        List(Due, reader => new JobId(reader.GetInt64(0)), ("$now", now.ToUnixTimeMilliseconds()), ("$limit", limit));

    private const string Pauses = "SELECT target, actor, at FROM queue_pause ORDER BY target";

    public Task<IReadOnlyList<QueuePause>> PausesAsync(CancellationToken cancellationToken) => List(Pauses, reader =>
        new QueuePause(reader.GetString(0), reader.GetString(1), DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(2))));

    private const string Counts =
        "SELECT status, kind, count(*) FROM job WHERE status IN ('queued', 'submitting', 'running', 'unknown') GROUP BY status, kind";

    public Task<IReadOnlyList<JobCount>> CountsAsync(CancellationToken cancellationToken) => List(Counts, reader =>
        new JobCount(JobNames.Status(reader.GetString(0)), JobNames.Kind(reader.GetString(1)), reader.GetInt64(2)));

    private const string Events = "SELECT job, seq, at, state FROM job_event WHERE job = $job AND seq > $after ORDER BY seq LIMIT $limit";

    public Task<IReadOnlyList<JobEvent>> EventsAsync(JobId job, long after, int limit, CancellationToken cancellationToken) =>
        List(Events, Event, ("$job", job.Value), ("$after", after), ("$limit", limit));

    private const string EventsOfJobs = """
        SELECT job, seq, at, state FROM json_each($seen) AS seen JOIN job_event ON job = seen.value ->> '$.job'
            AND seq > seen.value ->> '$.after'
        ORDER BY job, seq LIMIT $limit
        """;

    public Task<IReadOnlyList<JobEvent>> EventsAsync(
        IReadOnlyDictionary<JobId, long> after, int limit, CancellationToken cancellationToken) =>
        List(EventsOfJobs, Event, ("$seen", Seen(after)), ("$limit", limit));

    private static string Seen(IReadOnlyDictionary<JobId, long> after) =>
        $"[{string.Join(',', after.Select(Written))}]";

    private static string Written(KeyValuePair<JobId, long> seen) =>
        string.Create(CultureInfo.InvariantCulture, $$"""{"job":{{seen.Key.Value}},"after":{{seen.Value}}}""");

    private static JobEvent Event(SqliteDataReader reader)
    {
        var state = StateJson.ReadJob(reader.GetString(3), version: 0);
        return new JobEvent(new JobId(reader.GetInt64(0)), reader.GetInt64(1), state.Status, reader.Time(2), state);
    }

    private const string TeamById = "SELECT id, name, weight, created_at, limits FROM team WHERE id = $id";

    public Task<TeamState?> TeamAsync(TeamId id, CancellationToken cancellationToken) => First(TeamById, Team, ("$id", id.Value));

    private const string Teams = "SELECT id, name, weight, created_at, limits FROM team ORDER BY created_at, id";

    public Task<IReadOnlyList<TeamState>> TeamsAsync(CancellationToken cancellationToken) => List(Teams, Team);

    private const string TeamUses = """
        SELECT team.id, name, weight, created_at, limits, used_day, used, lease, day, reserved, charged
        FROM team LEFT JOIN team_hold ON team_hold.team = team.id WHERE team.id IN (SELECT value FROM json_each($ids))
        """;

    public Task<IReadOnlyList<TeamUseRow>> TeamUsesAsync(IReadOnlyCollection<TeamId> teams, CancellationToken cancellationToken) =>
        List(TeamUses, TeamUse, ("$ids", StateJson.Write([.. teams.Select(team => team.Value)])));

    private static TeamUseRow TeamUse(SqliteDataReader reader) => new(
        Team(reader), reader.IsDBNull(5) ? null : Day(reader.GetString(5)), reader.GetInt64(6),
        reader.IsDBNull(7)
            ? null
            : new TeamHold(
                new LeaseId(reader.GetString(7)), Day(reader.GetString(8)), reader.GetInt64(9),
                reader.IsDBNull(10) ? null : reader.GetInt64(10)));

    private static DateOnly Day(string text) => DateOnly.ParseExact(text, "O", System.Globalization.CultureInfo.InvariantCulture);

    private const string Token = "SELECT id, hash, team, scopes, created_at, expires_at FROM api_token WHERE hash = $hash";

    public Task<ApiToken?> TokenAsync(string hash, CancellationToken cancellationToken) => First(Token, ReadToken, ("$hash", hash));

    private const string TokensOfTeam =
        "SELECT id, hash, team, scopes, created_at, expires_at FROM api_token WHERE team = $team ORDER BY id DESC";

    public Task<IReadOnlyList<ApiToken>> TokensAsync(TeamId team, CancellationToken cancellationToken) =>
        List(TokensOfTeam, ReadToken, ("$team", team.Value));

    private const string Setting = "SELECT value FROM setting WHERE key = $key";

    public Task<string?> SettingAsync(string key, CancellationToken cancellationToken) =>
        First(Setting, reader => reader.GetString(0), ("$key", key));

    private const string Settle = "INSERT INTO setting (key, value) VALUES ($key, $value) ON CONFLICT DO NOTHING";

    public async Task<string> SettleAsync(string key, string value, CancellationToken cancellationToken)
    {
        database.Read(connection => connection.Run(Settle, ("$key", key), ("$value", value)));
        return (await SettingAsync(key, cancellationToken))!;
    }

    private const string Charges =
        "SELECT lease_id, day, kind, reserved, charged, job, at FROM charge WHERE account = $account ORDER BY at, lease_id";

    public Task<IReadOnlyList<Charge>> ChargesAsync(AccountId account, CancellationToken cancellationToken) =>
        List(Charges, reader => new Charge(
        new LeaseId(reader.GetString(0)),
        account,
        DateOnly.ParseExact(reader.GetString(1), "O", CultureInfo.InvariantCulture),
        JobNames.Kind(reader.GetString(2)),
        reader.GetInt64(3), reader.GetInt64(4), reader.IsDBNull(5) ? null : new JobId(reader.GetInt64(5)), reader.Time(6)),
        ("$account", account.Value));

    private static AccountState Account(SqliteDataReader reader) => StateJson.ReadAccount(reader.GetString(0), reader.GetInt64(1));

    private static JobState Job(SqliteDataReader reader) => StateJson.ReadJob(reader.GetString(0), reader.GetInt64(1));

    private static ApiToken ReadToken(SqliteDataReader reader) => new(
        reader.GetString(0), reader.GetString(1), new TeamId(reader.GetString(2)), StateJson.ReadStrings(reader.GetString(3)),
        reader.Time(4), reader.TimeOrNull(5));

    private static TeamState Team(SqliteDataReader reader) =>
        new(
            new TeamId(reader.GetString(0)), reader.GetString(1), reader.GetInt32(2),
            reader.Time(3))
        { Limits = StateJson.ReadLimits(reader.TextOrNull(4)) };

    private Task<IReadOnlyList<T>> List<T>(
        string sql, Func<SqliteDataReader, T> map, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        var values = parameters.ToArray();
        return Task.FromResult<IReadOnlyList<T>>(database.Read(connection => connection.List(sql, map, values)));
    }

    private Task<T?> First<T>(string sql, Func<SqliteDataReader, T> map, params ReadOnlySpan<(string Name, object? Value)> parameters)
        where T : class
    {
        var values = parameters.ToArray();
        return Task.FromResult(database.Read(connection => connection.List(sql, map, values)).FirstOrDefault());
    }
}
