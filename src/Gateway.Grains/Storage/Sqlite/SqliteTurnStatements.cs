using Gateway.Grains.Accounts;
using Gateway.Grains.Jobs;
using Gateway.Grains.Teams;
using Gateway.Grains.Turns;
using Microsoft.Data.Sqlite;

namespace Gateway.Grains.Storage.Sqlite;

/// <summary>The statements of a batch, prepared once per connection; each constant stands above the method that runs it.</summary>
internal sealed class SqliteTurnStatements(SqliteConnection connection) : IDisposable
{
    private readonly Dictionary<string, SqliteCommand> _prepared = [];

    /// <summary>The machine's clock, read through SQLite so that all of storage has one source.</summary>
    public DateTimeOffset MachineNow => DateTimeOffset.FromUnixTimeMilliseconds((long)Prepared(Now, []).ExecuteScalar()!);

    private const string Now = "SELECT CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER)";

    public void Begin() => Prepared("BEGIN IMMEDIATE", []).ExecuteNonQuery();

    public void Commit() => Prepared("COMMIT", []).ExecuteNonQuery();

    public bool Rollback()
    {
        // After some errors SQLite has rolled back by itself; then there is nothing to end.
        if (SQLitePCL.raw.sqlite3_get_autocommit(connection.Handle) == 0) Prepared("ROLLBACK", []).ExecuteNonQuery();
        return true;
    }

    private const string BumpBatchSql = "UPDATE node SET batch_no = batch_no + 1 WHERE incarnation = $1 AND status = 'live' RETURNING batch_no";

    public long? BumpBatch(string incarnation) => (long?)Prepared(BumpBatchSql, [incarnation]).ExecuteScalar();

    private const string BatchNumberSql = "SELECT batch_no FROM node WHERE incarnation = $1 AND status = 'live'";

    public long? BatchNumber(string incarnation) => (long?)Prepared(BatchNumberSql, [incarnation]).ExecuteScalar();

    private const string SelectAccount = "SELECT version, state FROM account WHERE id = $1";

    public AccountState? Account(AccountId id, AccountCache cache)
    {
        using var reader = Prepared(SelectAccount, [id.Value]).ExecuteReader();
        return reader.Read() ? cache.Read(id, reader.GetInt64(0), () => reader.GetString(1)) : null;
    }

    private const string SelectJob = "SELECT version, state FROM job WHERE id = $1";

    public JobState? Job(JobId id)
    {
        using var reader = Prepared(SelectJob, [id.Value]).ExecuteReader();
        return reader.Read() ? StateJson.ReadJob(reader.GetString(1), reader.GetInt64(0)) : null;
    }

    private const string SelectRecord = "SELECT fingerprint, job, expires_at, answer FROM idempotency WHERE team = $1 AND key = $2";

    public IdempotencyRecord? Record(IdempotencyKey key)
    {
        using var reader = Prepared(SelectRecord, [key.Team.Value, key.Key]).ExecuteReader();
        return reader.Read()
            ? new IdempotencyRecord(key, reader.GetString(0), new JobId(reader.GetInt64(1)), reader.Time(2), StateJson.ReadAnswer(reader.TextOrNull(3)))
            : null;
    }

    private const string SaveAccount = """
        INSERT INTO account (version, max_jobs, running, reserved, used, deleted, state, id)
        VALUES ($1 + 1, $2, $3, $4, $5, $6, $7, $8)
        ON CONFLICT (id) DO UPDATE SET version = excluded.version, max_jobs = excluded.max_jobs, running = excluded.running,
            reserved = excluded.reserved, used = excluded.used, deleted = excluded.deleted, state = excluded.state
        WHERE account.version = excluded.version - 1
        """;

    public void Save(AccountState account) => ExactlyOne(SaveAccount,
    [
        account.Version, account.MaxJobs, account.Leases.Length, account.Reserved, account.Credits.Used, account.Deleted ? 1 : 0,
        StateJson.Write(account), account.Id.Value,
    ]);

    private const string SaveJob = """
        INSERT INTO job (version, team, kind, lane, status, priority, attempt, seq, account, lease, state, id)
        VALUES ($1 + 1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
        ON CONFLICT (id) DO UPDATE SET version = excluded.version, status = excluded.status, priority = excluded.priority,
            attempt = excluded.attempt, seq = excluded.seq, account = excluded.account, lease = excluded.lease, state = excluded.state
        WHERE job.version = excluded.version - 1
        """;

    public void Save(JobState job) => ExactlyOne(SaveJob,
    [
        job.Version, job.Team.Value, job.Kind.Name, job.Lane, job.Status.Name, job.Priority, job.Attempt, job.Seq,
        job.Account?.Value, job.Lease?.Value, StateJson.Write(job), job.Id.Value,
    ]);

    private const string AddEvent = "INSERT INTO job_event (job, seq, status, at, state) VALUES ($1, $2, $3, $4, $5)";

    public void Add(JobEvent change) =>
        ExactlyOne(AddEvent, [change.Job.Value, change.Seq, change.Status.Name, change.At.ToUnixTimeMilliseconds(), StateJson.Write(change.State)]);

    private const string SaveBody = "INSERT INTO job_body (job, part, data) VALUES ($1, $2, $3) ON CONFLICT (job, part) DO UPDATE SET data = excluded.data";

    public void Save(BodyWrite body) => ExactlyOne(SaveBody, [body.Job.Value, body.Part == BodyPart.Request ? "request" : "result", body.Data]);

    private const string AddCharge = """
        INSERT INTO charge (lease_id, account, day, kind, reserved, charged, job, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        """;

    public void Add(Charge charge) => ExactlyOne(AddCharge,
    [
        charge.Lease.Value, charge.Account.Value, charge.Day.ToString("O"), charge.Kind.Name, charge.Reserved, charge.Charged,
        charge.Job?.Value, charge.At.ToUnixTimeMilliseconds(),
    ]);

    private const string SaveRecord = """
        INSERT INTO idempotency (team, key, fingerprint, job, expires_at, answer) VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (team, key) DO UPDATE SET fingerprint = excluded.fingerprint, job = excluded.job,
            expires_at = excluded.expires_at, answer = excluded.answer
        """;

    public void Save(IdempotencyRecord record) => ExactlyOne(SaveRecord,
    [
        record.Key.Team.Value, record.Key.Key, record.Fingerprint, record.Job.Value, record.ExpiresAt.ToUnixTimeMilliseconds(), StateJson.Write(record.Answer),
    ]);

    private const string AddTeam = "INSERT INTO team (id, name, weight, created_at) VALUES ($1, $2, $3, $4)";

    public void Add(TeamState team) => ExactlyOne(AddTeam, [team.Id.Value, team.Name, team.Weight, team.CreatedAt.ToUnixTimeMilliseconds()]);

    private const string AddToken = "INSERT INTO api_token (id, hash, team, scopes, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)";

    public void Add(ApiToken token) => ExactlyOne(AddToken,
    [
        token.Id, token.Hash, token.Team.Value, StateJson.Write(token.Scopes), token.CreatedAt.ToUnixTimeMilliseconds(), token.ExpiresAt?.ToUnixTimeMilliseconds(),
    ]);

    private const string AddAudit = "INSERT INTO audit (at, actor, action, target, detail) VALUES ($1, $2, $3, $4, $5)";

    public void Add(AuditEntry entry) => ExactlyOne(AddAudit, [entry.At.ToUnixTimeMilliseconds(), entry.Actor, entry.Action, entry.Target, entry.Detail]);

    private const string AddParked = "INSERT INTO parked_obligation (at, kind, detail, error) VALUES ($1, $2, $3, $4)";

    public void Add(ParkedObligation parked) => ExactlyOne(AddParked, [parked.At.ToUnixTimeMilliseconds(), parked.Kind, parked.Detail, parked.Error]);

    public void Dispose()
    {
        foreach (var command in _prepared.Values) command.Dispose();
        connection.Dispose();
    }

    private void ExactlyOne(string sql, ReadOnlySpan<object?> values)
    {
        var rows = Prepared(sql, values).ExecuteNonQuery();
        if (rows != 1) throw new StoreException(StoreFailure.Refused, $"A row was changed under its lock: {sql}");
    }

    private SqliteCommand Prepared(string sql, ReadOnlySpan<object?> values)
    {
        if (!_prepared.TryGetValue(sql, out var command))
        {
            command = connection.CreateCommand();
            command.CommandText = sql;
            for (var i = 1; i <= values.Length; i++) command.Parameters.Add(new SqliteParameter { ParameterName = $"${i}" });
            _prepared[sql] = command;
        }

        for (var i = 0; i < values.Length; i++) command.Parameters[i].Value = values[i] ?? DBNull.Value;
        return command;
    }
}
