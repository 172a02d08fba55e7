using System.Globalization;
using Gateway.Engine.Storage;
using Gateway.Engine.Turns;
using Gateway.Model.Accounts;
using Gateway.Model.Assets;
using Gateway.Model.Content;
using Gateway.Model.Ids;
using Gateway.Model.Jobs;
using Gateway.Model.Kinds;
using Gateway.Model.Outbox;
using Gateway.Model.Queueing;
using Gateway.Model.Teams;
using Microsoft.Data.Sqlite;

namespace Gateway.Storage.Sqlite;

/// <summary>The statements of a batch, prepared once per connection; each constant stands above the method that runs it.</summary>
internal sealed class SqliteTurnStatements(SqliteConnection connection) : IDisposable
{
    // By reference: the constants below are their own keys, and hashing a long statement is not free.
    private readonly Dictionary<string, SqliteStatement> _prepared = new(ReferenceEqualityComparer.Instance);

    private readonly StateWriter _json = new();

    /// <summary>The machine's clock, read through SQLite so that all of storage has one source.</summary>
    public DateTimeOffset MachineNow => Prepared(Now).First(row => row.Time(0));

    private const string Now = "SELECT CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER)";

    public void Begin() => Prepared("BEGIN IMMEDIATE").Run();

    public void Commit() => Prepared("COMMIT").Run();

    public bool Rollback()
    {
        // After some errors SQLite has rolled back by itself; then there is nothing to end.
        if (SQLitePCL.raw.sqlite3_get_autocommit(connection.Handle) == 0) Prepared("ROLLBACK").Run();
        return true;
    }

    private const string BumpBatchSql =
        "UPDATE node SET batch_no = batch_no + 1 WHERE incarnation = $1 AND status = 'live' RETURNING batch_no";

    public long? BumpBatch(string incarnation) => Prepared(BumpBatchSql).With(incarnation).First<long?>(row => row.Integer(0));

    private const string BatchNumberSql = "SELECT batch_no FROM node WHERE incarnation = $1 AND status = 'live'";

    public long? BatchNumber(string incarnation) => Prepared(BatchNumberSql).With(incarnation).First<long?>(row => row.Integer(0));

    private const string SelectAccount = "SELECT version, state FROM account WHERE id = $1";

    public AccountState? Account(AccountId id, AccountCache cache) =>
        Prepared(SelectAccount).With(id.Value).First(row => cache.Read(id, row.Integer(0), () => row.Text(1)));

    private const string SelectJob = "SELECT version, state FROM job WHERE id = $1";

    public JobState? Job(JobId id) => Prepared(SelectJob).With(id.Value).First(row => StateJson.ReadJob(row.Text(1), row.Integer(0)));

    private const string SelectRecord = "SELECT fingerprint, job, expires_at, answer FROM idempotency WHERE team = $1 AND key = $2";

    public IdempotencyRecord? Record(IdempotencyKey key) => Prepared(SelectRecord).With(key.Team.Value).With(key.Key).First(row =>
        new IdempotencyRecord(key, row.Text(0), new JobId(row.Integer(1)), row.Time(2), StateJson.ReadAnswer(row.TextOrNull(3))));

    private const string SelectTeam = "SELECT name, weight, created_at, limits, used_day, used FROM team WHERE id = $1";

    private const string SelectHolds = "SELECT lease, day, reserved, charged FROM team_hold WHERE team = $1";

    private const string CountQueued = "SELECT count(*) FROM (SELECT 1 FROM job WHERE team = $1 AND status = 'queued' LIMIT $2)";

    public LockedTeam? Team(TeamId id)
    {
        var team = Prepared(SelectTeam).With(id.Value).First(row => new LockedTeam(
            new TeamState(id, row.Text(0), (int)row.Integer(1), row.Time(2)) { Limits = StateJson.ReadLimits(row.TextOrNull(3)) },
            TeamUse.Nothing with { Day = row.TextOrNull(4) is { } day ? Day(day) : DateOnly.MinValue, Used = row.Integer(5) }));
        if (team is null) return null;

        var holds = Prepared(SelectHolds).With(id.Value).All(
            row => new TeamHold(new LeaseId(row.Text(0)), Day(row.Text(1)), row.Integer(2), row.IntegerOrNull(3)));
        var queued = team.Team.Limits.MaxQueued is { } most
            ? Prepared(CountQueued).With(id.Value).With(most).First(row => (int)row.Integer(0))
            : 0;
        return team with { Use = team.Use with { Holds = [.. holds], Queued = queued } };
    }

    private static DateOnly Day(string text) => DateOnly.ParseExact(text, "O", CultureInfo.InvariantCulture);

    private const string InsertAccount = """
        INSERT INTO account (version, max_jobs, running, reserved, used, deleted, state, id) VALUES (?1 + 1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
        """;

    private const string UpdateAccount = """
        UPDATE account SET version = ?1 + 1, max_jobs = ?2, running = ?3, reserved = ?4, used = ?5, deleted = ?6, state = ?7
        WHERE id = ?8 AND version = ?1
        """;

    public void Save(AccountState account)
    {
        var save = account.Version == 0 ? InsertAccount : UpdateAccount;
        ExactlyOne(save, Prepared(save)
            .With(account.Version).With(account.MaxJobs).With(account.Leases.Length).With(account.Reserved).With(account.Credits.Used)
            .With(account.Deleted ? 1 : 0).WithUtf8(_json.Write(account)).With(account.Id.Value));
    }

    private const string InsertJob = """
        INSERT INTO job (version, team, kind, lane, status, priority, attempt, seq, account, lease, state, not_before, wake_at, failure, id)
        VALUES (?1 + 1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)
        """;

    // The same parameters in the same places: a job never changes its team, its kind or its lane.
    private const string UpdateJob = """
        UPDATE job SET version = ?1 + 1, status = ?5, priority = ?6, attempt = ?7, seq = ?8, account = ?9, lease = ?10, state = ?11,
            not_before = ?12, wake_at = ?13, failure = ?14
        WHERE id = ?15 AND version = ?1
        """;

    public void Save(JobState job)
    {
        var save = job.Version == 0 ? InsertJob : UpdateJob;
        ExactlyOne(save, Prepared(save)
            .With(job.Version).With(job.Team.Value).With(job.Kind.Name).With(job.Lane).With(job.Status.Name).With(job.Priority)
            .With(job.Attempt).With(job.Seq).With(job.Account?.Value).With(job.Lease?.Value).WithUtf8(_json.Write(job))
            .With(job.NotBefore?.ToUnixTimeMilliseconds()).With(job.WakeAt?.ToUnixTimeMilliseconds())
                .With(job.Error?.Code)
                .With(job.Id.Value));
    }

    private const string AddEvent = "INSERT INTO job_event (job, seq, status, at, state, team) VALUES ($1, $2, $3, $4, $5, $6)";

    public void Add(JobEvent change) => ExactlyOne(AddEvent, Prepared(AddEvent)
        .With(change.Job.Value).With(change.Seq)
            .With(change.Status.Name)
            .With(change.At.ToUnixTimeMilliseconds())
            .WithUtf8(_json.Write(change.State))
            .With(change.State.Team.Value));

    private const string AddMessage =
        "INSERT INTO outbox (job, kind, seq, host, url, due_at, first_at) VALUES ($1, $2, $3, $4, $5, $6, $6)";

    public void Add(OutboxMessage message) => ExactlyOne(AddMessage, Prepared(AddMessage)
        .With(message.Job.Value).With(message.Kind.Name)
            .With(message.Seq)
            .With(message.Host)
            .With(message.Url)
            .With(message.FirstAt.ToUnixTimeMilliseconds()));

    private const string AddCopy = "INSERT INTO result_due (job, due_at, first_at) VALUES ($1, $2, $2)";

    public void Add(DueCopy copy) =>
        ExactlyOne(AddCopy, Prepared(AddCopy).With(copy.Job.Value).With(copy.FirstAt.ToUnixTimeMilliseconds()));

    private const string SaveBody =
        "INSERT INTO job_body (job, part, data) VALUES ($1, $2, $3) ON CONFLICT (job, part) DO UPDATE SET data = excluded.data";

    public void Save(BodyWrite body) => ExactlyOne(SaveBody, Prepared(SaveBody)
        .With(body.Job.Value).With(body.Part == BodyPart.Request ? "request" : "result").WithBlob(body.Data));

    private const string AddCharge = """
        INSERT INTO charge (lease_id, account, day, kind, reserved, charged, job, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        """;

    public void Add(Charge charge) => ExactlyOne(AddCharge, Prepared(AddCharge)
        .With(charge.Lease.Value).With(charge.Account.Value).With(charge.Day.ToString("O")).With(charge.Kind.Name).With(charge.Reserved)
        .With(charge.Charged).With(charge.Job?.Value).With(charge.At.ToUnixTimeMilliseconds()));

    private const string SaveRecord = """
        INSERT INTO idempotency (team, key, fingerprint, job, expires_at, answer) VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (team, key) DO UPDATE SET fingerprint = excluded.fingerprint, job = excluded.job,
            expires_at = excluded.expires_at, answer = excluded.answer
        """;

    public void Save(IdempotencyRecord record) => ExactlyOne(SaveRecord, Prepared(SaveRecord)
        .With(record.Key.Team.Value).With(record.Key.Key).With(record.Fingerprint).With(record.Job.Value)
        .With(record.ExpiresAt.ToUnixTimeMilliseconds()).With(StateJson.Write(record.Answer)));

    // Who made it last is its owner: the upstream gives a name again only once it is free. Ids rise with time, so what is noted
    // once more, for an answer that is given again, takes nothing from who came after.
    private const string FreeAsset =
        "DELETE FROM asset WHERE kind = $1 AND upstream_id = $2 AND account = $3 AND id < $4 AND (kind <> 'voice' OR team = $5)";

    private const string AddAsset =
        "INSERT INTO asset (id, team, kind, account, upstream_id, copy_of, state) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO " +
            "NOTHING";

    private const string ForgetAsset = "DELETE FROM asset WHERE id = $1 OR copy_of = $1";

    public void Apply(AssetChange change)
    {
        if (change.Asset is { } asset)
        {
            Prepared(FreeAsset).With(asset.Kind.Name)
                .With(asset.UpstreamId)
                .With(asset.Account.Value)
                .With(asset.Id.Value)
                .With(asset.Team.Value)
                .Run();
            Prepared(AddAsset).With(asset.Id.Value).With(asset.Team.Value).With(asset.Kind.Name).With(asset.Account.Value)
                .With(asset.UpstreamId).With(asset.CopyOf?.Value).With(StateJson.Write(asset)).Run();
        }
        else
        {
            Prepared(ForgetAsset).With(change.Id.Value).Run();
        }
    }

    private const string SaveTeam = """
        INSERT INTO team (id, name, weight, created_at, limits) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (id) DO UPDATE SET name = excluded.name, weight = excluded.weight, limits = excluded.limits
        """;

    public void Save(TeamState team) => ExactlyOne(SaveTeam, Prepared(SaveTeam)
        .With(team.Id.Value).With(team.Name)
            .With(team.Weight)
            .With(team.CreatedAt.ToUnixTimeMilliseconds())
            .With(StateJson.Write(team.Limits)));

    private const string SaveUse = "UPDATE team SET used_day = $1, used = $2 WHERE id = $3";

    private const string AddHold = "INSERT INTO team_hold (lease, team, day, reserved) VALUES ($1, $2, $3, $4)";

    private const string RemoveHold = "DELETE FROM team_hold WHERE lease = $1";

    public void Save(TeamId team, TeamUse use)
    {
        ExactlyOne(SaveUse, Prepared(SaveUse).With(use.Day.ToString("O")).With(use.Used).With(team.Value));
        foreach (var hold in use.Holds.Where(hold => hold.IsNew))
            ExactlyOne(AddHold, Prepared(AddHold).With(hold.Lease.Value).With(team.Value).With(hold.Day.ToString("O")).With(hold.Reserved));
        foreach (var lease in use.Counted) ExactlyOne(RemoveHold, Prepared(RemoveHold).With(lease.Value));
    }

    private const string SettleHold = "UPDATE team_hold SET charged = $1 WHERE lease = $2";

    public void Settle(LeaseId lease, long charged) => Prepared(SettleHold).With(charged).With(lease.Value).Run();

    private const string SaveToken = """
        INSERT INTO api_token (id, hash, team, scopes, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (id) DO UPDATE SET expires_at = excluded.expires_at
        """;

    public void Save(ApiToken token) => ExactlyOne(SaveToken, Prepared(SaveToken)
        .With(token.Id).With(token.Hash).With(token.Team.Value).With(StateJson.Write(token.Scopes))
        .With(token.CreatedAt.ToUnixTimeMilliseconds()).With(token.ExpiresAt?.ToUnixTimeMilliseconds()));

    // What a tombstone had is free; so is what the account had before.
    private const string FreeToken =
        "DELETE FROM account_token WHERE account = $1 OR (hash = $2 AND account IN (SELECT id FROM account WHERE deleted = 1))";

    private const string ClaimToken = "INSERT INTO account_token (hash, account) VALUES ($1, $2)";

    public void Apply(TokenClaim claim)
    {
        Prepared(FreeToken).With(claim.Account.Value).With(claim.Hash).Run();
        if (claim.Hash is { } hash) ExactlyOne(ClaimToken, Prepared(ClaimToken).With(hash).With(claim.Account.Value));
    }

    private const string AddPause = "INSERT INTO queue_pause (target, actor, at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";

    private const string EndPause = "DELETE FROM queue_pause WHERE target = $1";

    public void Apply(PauseChange change)
    {
        if (change.Pause is { } pause)
            Prepared(AddPause).With(pause.Target).With(pause.Actor).With(pause.At.ToUnixTimeMilliseconds()).Run();
        else Prepared(EndPause).With(change.Target).Run();
    }

    private const string AddAudit = "INSERT INTO audit (at, actor, action, target, detail) VALUES ($1, $2, $3, $4, $5)";

    public void Add(AuditEntry entry) => ExactlyOne(AddAudit, Prepared(AddAudit)
        .With(entry.At.ToUnixTimeMilliseconds()).With(entry.Actor).With(entry.Action).With(entry.Target).With(entry.Detail));

    private const string AddParked = "INSERT INTO parked_obligation (at, kind, detail, error) VALUES ($1, $2, $3, $4)";

    public void Add(ParkedObligation parked) => ExactlyOne(AddParked, Prepared(AddParked)
        .With(parked.At.ToUnixTimeMilliseconds()).With(parked.Kind).With(parked.Detail).With(parked.Error));

    public void Dispose()
    {
        foreach (var statement in _prepared.Values) statement.Dispose();
        _json.Dispose();
        connection.Dispose();
    }

    private static void ExactlyOne(string sql, SqliteStatement statement)
    {
        if (statement.Run() != 1) throw new StoreException(StoreFailure.Refused, $"A row was changed under its lock: {sql}");
    }

    private SqliteStatement Prepared(string sql)
    {
        if (!_prepared.TryGetValue(sql, out var statement)) _prepared[sql] = statement = new SqliteStatement(connection.Handle!, sql);
        return statement;
    }
}
