using Gateway.Engine.Storage;
using Gateway.Model.Accounts;
using Gateway.Model.Ids;
using Gateway.Model.Jobs;
using Gateway.Model.Kinds;
using Gateway.Model.Queueing;
using Gateway.Model.Teams;
using Npgsql;

namespace Gateway.Storage.Postgres;

/// <summary>Reads on PostgreSQL, each one short statement on a pooled connection; none holds a snapshot open.</summary>
internal sealed class PostgresQueryStore(NpgsqlDataSource source) : IQueryStore
{
    private const string Accounts = "SELECT state, version FROM account ORDER BY id";

    public Task<IReadOnlyList<AccountState>> AccountsAsync(CancellationToken cancellationToken) =>
        source.ListAsync(Accounts, Account, cancellationToken);

    private const string AccountsById = "SELECT state, version FROM account WHERE id = ANY($1)";

    public Task<IReadOnlyList<AccountState>> AccountsAsync(IReadOnlyCollection<AccountId> ids, CancellationToken cancellationToken) =>
        source.ListAsync(AccountsById, Account, cancellationToken, (object)ids.Select(id => id.Value).ToArray());

    private const string AccountById = "SELECT state, version FROM account WHERE id = $1";

    public Task<AccountState?> AccountAsync(AccountId id, CancellationToken cancellationToken) =>
        source.FirstAsync(AccountById, Account, cancellationToken, id.Value);

    private const string JobById = "SELECT state, version FROM job WHERE id = $1";

    public Task<JobState?> JobAsync(JobId id, CancellationToken cancellationToken) =>
        source.FirstAsync(JobById, Job, cancellationToken, id.Value);

    private const string JobsById = "SELECT state, version FROM job WHERE id = ANY($1)";

    public Task<IReadOnlyList<JobState>> JobsAsync(IReadOnlyCollection<JobId> ids, CancellationToken cancellationToken) =>
        source.ListAsync(JobsById, Job, cancellationToken, (object)ids.Select(id => id.Value).ToArray());

    private const string Versions = "SELECT id, version FROM job WHERE id = ANY($1)";

    public Task<IReadOnlyList<(JobId Job, long Version)>> VersionsAsync(
        IReadOnlyCollection<JobId> jobs, CancellationToken cancellationToken) =>
        source.ListAsync(
            Versions, reader => (new JobId(reader.GetInt64(0)), reader.GetInt64(1)), cancellationToken,
            (object)jobs.Select(job => job.Value).ToArray());

    // The model by its place in the lane: PostgreSQL cannot extract from JSON that holds \u0000 anywhere.
    private const string Jobs = """
        SELECT state, version FROM job
        WHERE ($1::text IS NULL OR team = $1) AND ($2::text IS NULL OR status = $2) AND ($3::text IS NULL OR kind = $3)
          AND ($4::text IS NULL OR account = $4) AND id < $5 AND id >= $9
          AND ($7::text IS NULL OR lane = $7) AND ($8::text IS NULL OR regexp_replace(lane, '^[^|]*\|[^|]*\|', '') = $8)
        ORDER BY id DESC LIMIT $6
        """;

    private static readonly string FailedJobs = Jobs.Replace("WHERE ", "WHERE failure = $10 AND ", StringComparison.Ordinal);

    public Task<IReadOnlyList<JobState>> JobsAsync(JobFilter filter, CancellationToken cancellationToken)
    {
        object?[] values =
        [
            filter.Team?.Value, filter.Status?.Name, filter.Kind?.Name, filter.Account?.Value, filter.Before?.Value ?? long.MaxValue,
            filter.Limit, filter.Lane, filter.Model, filter.From?.Value ?? 0
        ];
        return filter.Failure is { } failure
            ? source.ListAsync(FailedJobs, Job, cancellationToken, [.. values, failure])
            : source.ListAsync(Jobs, Job, cancellationToken, values);
    }

    private const string Queues = """
        WITH RECURSIVE queues AS (
            (SELECT lane, team, priority FROM job WHERE status = 'queued' AND not_before IS NULL ORDER BY lane, team, priority LIMIT 1)
            UNION ALL
            SELECT next.lane, next.team, next.priority FROM queues CROSS JOIN LATERAL (
                SELECT lane, team, priority FROM job
                WHERE status = 'queued' AND not_before IS NULL
                    AND (job.lane, job.team, job.priority) > (queues.lane, queues.team, queues.priority)
                ORDER BY lane, team, priority LIMIT 1) AS next)
        SELECT lane, team, priority FROM queues
        """;

    public Task<IReadOnlyList<QueueKey>> QueuesAsync(CancellationToken cancellationToken) => source.ListAsync(Queues, reader =>
        new QueueKey(reader.GetString(0), new TeamId(reader.GetString(1)), reader.GetInt32(2)), cancellationToken);

    private const string Heads = """
        SELECT head.state, head.version FROM unnest($1::text[], $2::text[], $3::int[]) AS queue(lane, team, priority) CROSS JOIN LATERAL (
            SELECT state, version FROM job
            WHERE status = 'queued' AND not_before IS NULL AND lane = queue.lane AND team = queue.team AND priority = queue.priority
            ORDER BY id LIMIT $4) AS head
        """;

    public Task<IReadOnlyList<JobState>> HeadsAsync(
        IReadOnlyCollection<QueueKey> queues, int limitEach, CancellationToken cancellationToken) =>
        source.ListAsync(Heads, Job, cancellationToken, Lanes(queues), Teams(queues), Priorities(queues), limitEach);

    private const string Lengths = """
        SELECT counted.length FROM unnest($1::text[], $2::text[], $3::int[]) WITH ORDINALITY AS queue(lane, team, priority, place) CROSS
            JOIN LATERAL (
            SELECT count(*)::int AS length FROM (
                SELECT 1 FROM job
                WHERE status = 'queued' AND not_before IS NULL AND lane = queue.lane AND team = queue.team AND priority = queue.priority
                    AND id < $4
                LIMIT $5) AS waiting) AS counted
        ORDER BY queue.place
        """;

    public Task<IReadOnlyList<int>> LengthsAsync(IReadOnlyCollection<QueueKey> queues, int most, CancellationToken cancellationToken) =>
        CountAsync(queues, long.MaxValue, most, cancellationToken);

    public async Task<int> AheadAsync(JobState job, int most, CancellationToken cancellationToken) =>
        (await CountAsync([QueueKey.Of(job)], job.Id.Value, most, cancellationToken))[0];

    private Task<IReadOnlyList<int>> CountAsync(
        IReadOnlyCollection<QueueKey> queues, long before, int most, CancellationToken cancellationToken) =>
        source.ListAsync(
            Lengths, reader => reader.GetInt32(0), cancellationToken, Lanes(queues), Teams(queues), Priorities(queues), before, most);

    private static string[] Lanes(IReadOnlyCollection<QueueKey> queues) => [.. queues.Select(queue => queue.Lane)];

    private static string[] Teams(IReadOnlyCollection<QueueKey> queues) => [.. queues.Select(queue => queue.Team.Value)];

    private static int[] Priorities(IReadOnlyCollection<QueueKey> queues) => [.. queues.Select(queue => queue.Priority)];

    private const string QueuedOfTeam =
        "SELECT count(*)::int FROM (SELECT 1 FROM job WHERE team = $1 AND status = 'queued' LIMIT $2) AS waiting";
    private const string QueuedOfAll = "SELECT count(*)::int FROM (SELECT 1 FROM job WHERE status = 'queued' LIMIT $1) AS waiting";

    public async Task<int> QueuedAsync(TeamId? team, int most, CancellationToken cancellationToken) => (team is { } one
        ? await source.ListAsync(QueuedOfTeam, reader => reader.GetInt32(0), cancellationToken, one.Value, most)
        : await source.ListAsync(QueuedOfAll, reader => reader.GetInt32(0), cancellationToken, most))[0];

    private const string NextWake = "SELECT wake_at FROM job WHERE wake_at IS NOT NULL ORDER BY wake_at LIMIT 1";

    public async Task<DateTimeOffset?> NextWakeAsync(CancellationToken cancellationToken) =>
        await source.ListAsync(NextWake, reader => reader.Time(0), cancellationToken) is [var next, ..] ? next : null;

    private const string Due = "SELECT id FROM job WHERE wake_at <= $1 ORDER BY wake_at LIMIT $2";

    public Task<IReadOnlyList<JobId>> DueAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken) =>
        source.ListAsync(Due, reader => new JobId(reader.GetInt64(0)), cancellationToken, now, limit);

    private const string Pauses = "SELECT target, actor, at FROM queue_pause ORDER BY target";

    public Task<IReadOnlyList<QueuePause>> PausesAsync(CancellationToken cancellationToken) => source.ListAsync(Pauses, reader =>
        new QueuePause(reader.GetString(0), reader.GetString(1), reader.Time(2)), cancellationToken);

    private const string Counts =
        "SELECT status, kind, count(*) FROM job WHERE status IN ('queued', 'submitting', 'running', 'unknown') GROUP BY status, kind";

    public Task<IReadOnlyList<JobCount>> CountsAsync(CancellationToken cancellationToken) => source.ListAsync(Counts, reader =>
        new JobCount(JobNames.Status(reader.GetString(0)), JobNames.Kind(reader.GetString(1)), reader.GetInt64(2)), cancellationToken);

    private const string Events = "SELECT job, seq, at, state FROM job_event WHERE job = $1 AND seq > $2 ORDER BY seq LIMIT $3";

    public Task<IReadOnlyList<JobEvent>> EventsAsync(JobId job, long after, int limit, CancellationToken cancellationToken) =>
        source.ListAsync(Events, Event, cancellationToken, job.Value, after, limit);

    private const string EventsOfJobs = """
        SELECT job, seq, at, state FROM unnest($1, $2) AS seen (id, after) JOIN job_event ON job = seen.id AND seq > seen.after
        ORDER BY job, seq LIMIT $3
        """;

    public Task<IReadOnlyList<JobEvent>> EventsAsync(
        IReadOnlyDictionary<JobId, long> after, int limit, CancellationToken cancellationToken) =>
        source.ListAsync(
            EventsOfJobs, Event, cancellationToken, after.Keys.Select(job => job.Value).ToArray(), after.Values.ToArray(), limit);

    private static JobEvent Event(NpgsqlDataReader reader)
    {
        var state = StateJson.ReadJob(reader.GetString(3), version: 0);
        return new JobEvent(new JobId(reader.GetInt64(0)), reader.GetInt64(1), state.Status, reader.Time(2), state);
    }

    private const string TeamById = "SELECT id, name, weight, created_at, limits FROM team WHERE id = $1";

    public Task<TeamState?> TeamAsync(TeamId id, CancellationToken cancellationToken) =>
        source.FirstAsync(TeamById, Team, cancellationToken, id.Value);

    private const string AllTeams = "SELECT id, name, weight, created_at, limits FROM team ORDER BY created_at, id";

    public Task<IReadOnlyList<TeamState>> TeamsAsync(CancellationToken cancellationToken) =>
        source.ListAsync(AllTeams, Team, cancellationToken);

    private const string TeamUses = """
        SELECT team.id, name, weight, created_at, limits, used_day, used, lease, day, reserved, charged
        FROM team LEFT JOIN team_hold ON team_hold.team = team.id WHERE team.id = ANY($1)
        """;

    public Task<IReadOnlyList<TeamUseRow>> TeamUsesAsync(IReadOnlyCollection<TeamId> teams, CancellationToken cancellationToken) =>
        source.ListAsync(TeamUses, TeamUse, cancellationToken, (object)teams.Select(team => team.Value).ToArray());

    private static TeamUseRow TeamUse(NpgsqlDataReader reader) => new(
        Team(reader), reader.IsDBNull(5) ? null : reader.GetFieldValue<DateOnly>(5), reader.GetInt64(6),
        reader.IsDBNull(7)
            ? null
            : new TeamHold(
                new LeaseId(reader.GetString(7)), reader.GetFieldValue<DateOnly>(8), reader.GetInt64(9),
                reader.IsDBNull(10) ? null : reader.GetInt64(10)));

    private const string Token = "SELECT id, hash, team, scopes, created_at, expires_at FROM api_token WHERE hash = $1";

    public Task<ApiToken?> TokenAsync(string hash, CancellationToken cancellationToken) =>
        source.FirstAsync(Token, ReadToken, cancellationToken, hash);

    private const string TokensOfTeam =
        "SELECT id, hash, team, scopes, created_at, expires_at FROM api_token WHERE team = $1 ORDER BY id DESC";

    public Task<IReadOnlyList<ApiToken>> TokensAsync(TeamId team, CancellationToken cancellationToken) =>
        source.ListAsync(TokensOfTeam, ReadToken, cancellationToken, team.Value);

    private const string Setting = "SELECT value FROM setting WHERE key = $1";

    public Task<string?> SettingAsync(string key, CancellationToken cancellationToken) =>
        source.FirstAsync(Setting, reader => reader.GetString(0), cancellationToken, key);

    private const string Settle = "INSERT INTO setting (key, value) VALUES ($1, $2) ON CONFLICT DO NOTHING";

    public async Task<string> SettleAsync(string key, string value, CancellationToken cancellationToken)
    {
        await source.RunAsync(Settle, cancellationToken, key, value);
        return (await SettingAsync(key, cancellationToken))!;
    }

    private const string Charges =
        "SELECT lease_id, day, kind, reserved, charged, job, at FROM charge WHERE account = $1 ORDER BY at, lease_id";

    public Task<IReadOnlyList<Charge>> ChargesAsync(AccountId account, CancellationToken cancellationToken) =>
        source.ListAsync(Charges, reader => new Charge(
        new LeaseId(reader.GetString(0)), account, reader.GetFieldValue<DateOnly>(1), JobNames.Kind(reader.GetString(2)),
        reader.GetInt64(3), reader.GetInt64(4), reader.IsDBNull(5) ? null : new JobId(reader.GetInt64(5)),
        reader.Time(6)), cancellationToken, account.Value);

    private static AccountState Account(NpgsqlDataReader reader) => StateJson.ReadAccount(reader.GetString(0), reader.GetInt64(1));

    private static JobState Job(NpgsqlDataReader reader) => StateJson.ReadJob(reader.GetString(0), reader.GetInt64(1));

    private static ApiToken ReadToken(NpgsqlDataReader reader) => new(
        reader.GetString(0), reader.GetString(1), new TeamId(reader.GetString(2)), StateJson.ReadStrings(reader.GetString(3)),
        reader.Time(4), reader.TimeOrNull(5));

    private static TeamState Team(NpgsqlDataReader reader) =>
        new(
            new TeamId(reader.GetString(0)), reader.GetString(1), reader.GetInt32(2),
            reader.Time(3))
        { Limits = StateJson.ReadLimits(reader.TextOrNull(4)) };
}
