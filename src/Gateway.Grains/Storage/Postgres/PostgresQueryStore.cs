using Gateway.Grains.Accounts;
using Gateway.Grains.Jobs;
using Gateway.Grains.Teams;
using Npgsql;

namespace Gateway.Grains.Storage.Postgres;

/// <summary>Reads on PostgreSQL, each one short statement on a pooled connection; none holds a snapshot open.</summary>
internal sealed class PostgresQueryStore(NpgsqlDataSource source) : IQueryStore
{
    private const string Accounts = "SELECT state, version FROM account ORDER BY id";

    public Task<IReadOnlyList<AccountState>> AccountsAsync(CancellationToken cancellationToken) => source.ListAsync(Accounts, Account, cancellationToken);

    private const string AccountById = "SELECT state, version FROM account WHERE id = $1";

    public Task<AccountState?> AccountAsync(AccountId id, CancellationToken cancellationToken) => source.FirstAsync(AccountById, Account, cancellationToken, id.Value);

    private const string JobById = "SELECT state, version FROM job WHERE id = $1";

    public Task<JobState?> JobAsync(JobId id, CancellationToken cancellationToken) => source.FirstAsync(JobById, Job, cancellationToken, id.Value);

    private const string Jobs = """
        SELECT state, version FROM job
        WHERE ($1::text IS NULL OR team = $1) AND ($2::text IS NULL OR status = $2) AND ($3::text IS NULL OR kind = $3)
          AND ($4::text IS NULL OR account = $4) AND id < $5
        ORDER BY id DESC LIMIT $6
        """;

    public Task<IReadOnlyList<JobState>> JobsAsync(JobFilter filter, CancellationToken cancellationToken) => source.ListAsync(Jobs, Job, cancellationToken,
        filter.Team?.Value, filter.Status?.Name, filter.Kind?.Name, filter.Account?.Value, filter.Before?.Value ?? long.MaxValue, filter.Limit);

    private const string Lanes = """
        WITH RECURSIVE lanes(lane) AS (
            (SELECT lane FROM job WHERE status = 'queued' ORDER BY lane LIMIT 1)
            UNION ALL
            SELECT (SELECT job.lane FROM job WHERE status = 'queued' AND job.lane > lanes.lane ORDER BY job.lane LIMIT 1)
            FROM lanes WHERE lanes.lane IS NOT NULL)
        SELECT lane FROM lanes WHERE lane IS NOT NULL
        """;

    public Task<IReadOnlyList<string>> LanesAsync(CancellationToken cancellationToken) => source.ListAsync(Lanes, reader => reader.GetString(0), cancellationToken);

    private const string LaneHeads = "SELECT state, version FROM job WHERE status = 'queued' AND lane = $1 ORDER BY priority DESC, id LIMIT $2";

    public Task<IReadOnlyList<JobState>> LaneHeadsAsync(string lane, int limit, CancellationToken cancellationToken) =>
        source.ListAsync(LaneHeads, Job, cancellationToken, lane, limit);

    private const string QueuedBefore = "SELECT state, version FROM job WHERE status = 'queued' AND id < $1 ORDER BY id LIMIT $2";

    public Task<IReadOnlyList<JobState>> QueuedBeforeAsync(JobId id, int limit, CancellationToken cancellationToken) =>
        source.ListAsync(QueuedBefore, Job, cancellationToken, id.Value, limit);

    private const string Ahead = """
        SELECT count(*)::int FROM (
            SELECT 1 FROM job WHERE status = 'queued' AND lane = $1 AND (priority > $2 OR (priority = $2 AND id < $3)) LIMIT $4) AS ahead
        """;

    public async Task<int> AheadAsync(JobState job, int most, CancellationToken cancellationToken) => (await source.ListAsync(Ahead, reader => reader.GetInt32(0),
        cancellationToken, job.Lane, job.Priority, job.Id.Value, most))[0];

    private const string Counts = "SELECT status, kind, count(*) FROM job WHERE status IN ('queued', 'submitting', 'running', 'unknown') GROUP BY status, kind";

    public Task<IReadOnlyList<JobCount>> CountsAsync(CancellationToken cancellationToken) => source.ListAsync(Counts, reader =>
        new JobCount(JobNames.Status(reader.GetString(0)), JobNames.Kind(reader.GetString(1)), reader.GetInt64(2)), cancellationToken);

    private const string Events = "SELECT job, seq, at, state FROM job_event WHERE job = $1 AND seq > $2 ORDER BY seq LIMIT $3";

    public Task<IReadOnlyList<JobEvent>> EventsAsync(JobId job, long after, int limit, CancellationToken cancellationToken) => source.ListAsync(Events, reader =>
    {
        var state = StateJson.ReadJob(reader.GetString(3), version: 0);
        return new JobEvent(job, reader.GetInt64(1), state.Status, reader.Time(2), state);
    }, cancellationToken, job.Value, after, limit);

    private const string TeamById = "SELECT id, name, weight, created_at FROM team WHERE id = $1";

    public Task<TeamState?> TeamAsync(TeamId id, CancellationToken cancellationToken) => source.FirstAsync(TeamById, Team, cancellationToken, id.Value);

    private const string Teams = "SELECT id, name, weight, created_at FROM team ORDER BY created_at, id";

    public Task<IReadOnlyList<TeamState>> TeamsAsync(CancellationToken cancellationToken) => source.ListAsync(Teams, Team, cancellationToken);

    private const string Token = "SELECT id, hash, team, scopes, created_at, expires_at FROM api_token WHERE hash = $1";

    public Task<ApiToken?> TokenAsync(string hash, CancellationToken cancellationToken) => source.FirstAsync(Token, reader => new ApiToken(
        reader.GetString(0), reader.GetString(1), new TeamId(reader.GetString(2)), StateJson.ReadStrings(reader.GetString(3)), reader.Time(4), reader.TimeOrNull(5)),
        cancellationToken, hash);

    private const string Setting = "SELECT value FROM setting WHERE key = $1";

    public Task<string?> SettingAsync(string key, CancellationToken cancellationToken) => source.FirstAsync(Setting, reader => reader.GetString(0), cancellationToken, key);

    private const string Settle = "INSERT INTO setting (key, value) VALUES ($1, $2) ON CONFLICT DO NOTHING";

    public async Task<string> SettleAsync(string key, string value, CancellationToken cancellationToken)
    {
        await source.RunAsync(Settle, cancellationToken, key, value);
        return (await SettingAsync(key, cancellationToken))!;
    }

    private const string Charges = "SELECT lease_id, day, kind, reserved, charged, job, at FROM charge WHERE account = $1 ORDER BY at, lease_id";

    public Task<IReadOnlyList<Charge>> ChargesAsync(AccountId account, CancellationToken cancellationToken) => source.ListAsync(Charges, reader => new Charge(
        new LeaseId(reader.GetString(0)), account, reader.GetFieldValue<DateOnly>(1), JobNames.Kind(reader.GetString(2)),
        reader.GetInt64(3), reader.GetInt64(4), reader.IsDBNull(5) ? null : new JobId(reader.GetInt64(5)), reader.Time(6)), cancellationToken, account.Value);

    private static AccountState Account(NpgsqlDataReader reader) => StateJson.ReadAccount(reader.GetString(0), reader.GetInt64(1));

    private static JobState Job(NpgsqlDataReader reader) => StateJson.ReadJob(reader.GetString(0), reader.GetInt64(1));

    private static TeamState Team(NpgsqlDataReader reader) => new(new TeamId(reader.GetString(0)), reader.GetString(1), reader.GetInt32(2), reader.Time(3));
}
