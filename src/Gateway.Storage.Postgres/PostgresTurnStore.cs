using Gateway.Engine.Storage;
using Gateway.Engine.Turns;
using Gateway.Model.Accounts;
using Gateway.Model.Ids;
using Gateway.Model.Jobs;
using Gateway.Model.Teams;
using Npgsql;

namespace Gateway.Storage.Postgres;

/// <summary>
/// The batch runner's connection to PostgreSQL: two round trips per batch whatever its size. The first begins, bumps the
/// batch number, locks and loads; the second saves and commits.
/// </summary>
internal sealed class PostgresTurnStore(PostgresDatabase database, NodeIdentity node, StoreClock clock, BatchCounter counter) : ITurnStore
{
    private readonly AccountCache _accounts = new();
    private NpgsqlConnection? _connection;

    public bool IsSynchronous => false;

    // T4: own node row, then keys (by the hash that is locked), then rows by kind and key, then those that are taken only when
    // nobody holds them. T5: the records and the clock are read by later statements than those that may have waited.
    private const string LockKeys = """
        SELECT pg_advisory_xact_lock(hash) FROM (
            SELECT DISTINCT hashtextextended(team || E'\n' || key, 0) AS hash FROM unnest($1::text[], $2::text[]) AS wanted(team, key)
                ORDER BY 1) AS ordered
        """;

    private const string LockAccounts = "SELECT id, version, state FROM account WHERE id = ANY($1) ORDER BY id FOR UPDATE";
    private const string LockJobs = "SELECT version, state FROM job WHERE id = ANY($1) ORDER BY id FOR UPDATE";
    private const string TakeAccounts = $"{LockAccounts} SKIP LOCKED";
    private const string TakeJobs = $"{LockJobs} SKIP LOCKED";
    private const string LockTeams =
        "SELECT id, name, weight, created_at, limits, used_day, used FROM team WHERE id = ANY($1) ORDER BY id FOR UPDATE";
    private const string ReadHolds = "SELECT team, lease, day, reserved, charged FROM team_hold WHERE team = ANY($1)";
    private const string CountQueued = """
        SELECT id, (SELECT count(*)::int FROM (
            SELECT 1 FROM job WHERE job.team = team.id AND status = 'queued' LIMIT (team.limits::jsonb ->> 'maxQueued')::int) AS waiting)
        FROM team WHERE id = ANY($1) AND limits::jsonb ? 'maxQueued'
        """;

    private const string ReadRecords = """
        SELECT team, key, fingerprint, job, expires_at, answer FROM idempotency
        WHERE (team, key) IN (SELECT * FROM unnest($1::text[], $2::text[]))
        """;

    private const string ReadClock = "SELECT clock_timestamp()";

    public async ValueTask<LoadedRows> BeginAsync(RowSet rows, CancellationToken cancellationToken)
    {
        try
        {
            return await LockAndLoadAsync(rows, cancellationToken);
        }
        catch (StoreException failure) when (failure.Failure == StoreFailure.Fenced)
        {
            await CloseAsync(); // the pipeline has locked the rows all the same, and the living wait for them
            throw;
        }
    }

    private ValueTask<LoadedRows> LockAndLoadAsync(RowSet rows, CancellationToken cancellationToken) => GuardAsync(async () =>
    {
        _connection ??= await database.Turns.OpenConnectionAsync(cancellationToken);
        var loaded = await LoadAsync(rows, cancellationToken);
        return loaded with { Held = await HeldAsync(rows, loaded, cancellationToken) };
    });

    private async Task<LoadedRows> LoadAsync(RowSet rows, CancellationToken cancellationToken)
    {
        await using var batch = Lock(rows);
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);

        if (!await reader.ReadAsync(cancellationToken)) throw Fenced();
        var number = reader.GetInt64(0);

        if (rows.Keys.Count > 0) await reader.NextResultAsync(cancellationToken); // the locks' own empty answers
        List<AccountState> accounts = [.. await NextAsync(reader, rows.Accounts.Count > 0, ReadAccount, cancellationToken)];
        List<JobState> jobs = [.. await NextAsync(reader, rows.Jobs.Count > 0, ReadJob, cancellationToken)];
        var teams = await TeamsAsync(reader, rows.Teams.Count > 0, cancellationToken);
        accounts.AddRange(await NextAsync(reader, rows.FreeAccounts.Count > 0, ReadAccount, cancellationToken));
        jobs.AddRange(await NextAsync(reader, rows.FreeJobs.Count > 0, ReadJob, cancellationToken));
        var keys = await NextAsync(reader, rows.Keys.Count > 0, ReadRecord, cancellationToken);

        await reader.NextResultAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new LoadedRows(clock.Read(reader.Time(0)), number, accounts, jobs, keys, teams);
    }

    private const string Accounts = "SELECT id FROM account WHERE id = ANY($1)";
    private const string Jobs = "SELECT id FROM job WHERE id = ANY($1)";

    // Which of the rows that did not come are there, and so in other hands. One look more, only where some did not come.
    private async Task<HeldRows> HeldAsync(RowSet rows, LoadedRows loaded, CancellationToken cancellationToken)
    {
        var accounts = rows.FreeAccounts.Except(loaded.Accounts.Select(account => account.Id)).Select(id => id.Value).ToArray();
        var jobs = rows.FreeJobs.Except(loaded.Jobs.Select(job => job.Id)).Select(id => id.Value).ToArray();
        if (accounts.Length + jobs.Length == 0) return HeldRows.None;

        await using var batch = new NpgsqlBatch(_connection);
        batch.Add(Accounts, (object)accounts);
        batch.Add(Jobs, jobs);
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        HashSet<AccountId> heldAccounts = [];
        while (await reader.ReadAsync(cancellationToken)) heldAccounts.Add(new AccountId(reader.GetString(0)));
        var heldJobs = await NextAsync(reader, true, row => new JobId(row.GetInt64(0)), cancellationToken);
        return new HeldRows(heldAccounts, heldJobs.ToHashSet());
    }

    public async ValueTask CommitAsync(BatchChanges changes, CancellationToken cancellationToken)
    {
        await GuardAsync(async () =>
        {
            await using var batch = PostgresTurnStatements.Save(_connection!, changes);
            await batch.ExecuteNonQueryAsync(cancellationToken);
            return true;
        });
        _accounts.Committed(changes.Accounts.Values);
    }

    public async ValueTask RollbackAsync(CancellationToken cancellationToken) => await GuardAsync(async () =>
    {
        if (_connection is null) return false;
        await using var rollback = new NpgsqlCommand("ROLLBACK", _connection);
        await rollback.ExecuteNonQueryAsync(cancellationToken);
        return true;
    });

    public ValueTask<long> ReopenAsync(CancellationToken cancellationToken) => GuardAsync(async () =>
    {
        await CloseAsync();
        _accounts.Clear(); // another server may answer now, which gave the versions it lacks to other states
        _connection = await database.Turns.OpenConnectionAsync(cancellationToken);

        // Its lock waits until a server that still works on the lost connection's COMMIT has finished: only then is the
        // number the truth (T6).
        await using var command = new NpgsqlCommand(counter.Read, _connection)
        {
            Parameters = { PostgresCommands.Parameter(node.Incarnation) },
        };
        return (long?)await command.ExecuteScalarAsync(cancellationToken) ?? throw Fenced();
    });

    public ValueTask DisposeAsync() => CloseAsync();

    // The order of the statements is the order of the results BeginAsync reads.
    private NpgsqlBatch Lock(RowSet rows)
    {
        var batch = new NpgsqlBatch(_connection);
        string[] teams = [.. rows.Keys.Select(key => key.Team.Value)];
        string[] keys = [.. rows.Keys.Select(key => key.Key)];

        batch.Add("BEGIN");
        batch.Add(counter.Bump, node.Incarnation);
        if (keys.Length > 0) batch.Add(LockKeys, teams, keys);

        // As objects: a lone string[] would be taken for the parameter list itself.
        if (rows.Accounts.Count > 0) batch.Add(LockAccounts, (object)rows.Accounts.Select(id => id.Value).ToArray());
        if (rows.Jobs.Count > 0) batch.Add(LockJobs, (object)rows.Jobs.Select(id => id.Value).ToArray());
        if (rows.Teams.Count > 0) LockAndReadTeams(batch, rows.Teams);
        if (rows.FreeAccounts.Count > 0) batch.Add(TakeAccounts, (object)rows.FreeAccounts.Select(id => id.Value).ToArray());
        if (rows.FreeJobs.Count > 0) batch.Add(TakeJobs, (object)rows.FreeJobs.Select(id => id.Value).ToArray());
        if (keys.Length > 0) batch.Add(ReadRecords, teams, keys);
        batch.Add(ReadClock);
        return batch;
    }

    private static void LockAndReadTeams(NpgsqlBatch batch, IReadOnlyCollection<TeamId> teams)
    {
        object ids = teams.Select(team => team.Value).ToArray();
        foreach (var sql in new[] { LockTeams, ReadHolds, CountQueued }) batch.Add(sql, ids);
    }

    private static async Task<IReadOnlyList<LockedTeam>> TeamsAsync(
        NpgsqlDataReader reader, bool areThere, CancellationToken cancellationToken)
    {
        var teams = await NextAsync(reader, areThere, ReadTeam, cancellationToken);
        var holds = (await NextAsync(reader, areThere, ReadHold, cancellationToken)).ToLookup(hold => hold.Team, hold => hold.Hold);
        var queued = (
            await NextAsync(
                reader, areThere, row => (Team: new TeamId(row.GetString(0)), Count: row.GetInt32(1)),
                cancellationToken)).ToDictionary(row =>
                row.Team, row => row.Count);
        return [
            .. teams.Select(
                team =>
                    team with
                    {
                        Use = team.Use with { Holds = [.. holds[team.Team.Id]], Queued = queued.GetValueOrDefault(team.Team.Id) },
                    })];
    }

    private static async Task<IReadOnlyList<T>> NextAsync<T>(
        NpgsqlDataReader reader, bool isThere, Func<NpgsqlDataReader, T> map, CancellationToken cancellationToken)
    {
        if (!isThere) return [];
        await reader.NextResultAsync(cancellationToken);
        List<T> rows = [];
        while (await reader.ReadAsync(cancellationToken)) rows.Add(map(reader));
        return rows;
    }

    private AccountState ReadAccount(NpgsqlDataReader reader) =>
        _accounts.Read(new AccountId(reader.GetString(0)), reader.GetInt64(1), () => reader.GetString(2));

    private static JobState ReadJob(NpgsqlDataReader reader) => StateJson.ReadJob(reader.GetString(1), reader.GetInt64(0));

    private static LockedTeam ReadTeam(NpgsqlDataReader reader) => new(
        new TeamState(
            new TeamId(reader.GetString(0)), reader.GetString(1), reader.GetInt32(2),
            reader.Time(3))
        { Limits = StateJson.ReadLimits(reader.TextOrNull(4)) },
        TeamUse.Nothing with
        {
            Day = reader.IsDBNull(5) ? DateOnly.MinValue : reader.GetFieldValue<DateOnly>(5),
            Used = reader.GetInt64(6),
        });

    private static (TeamId Team, TeamHold Hold) ReadHold(NpgsqlDataReader reader) => (
        new TeamId(reader.GetString(0)),
        new TeamHold(
            new LeaseId(reader.GetString(1)), reader.GetFieldValue<DateOnly>(2), reader.GetInt64(3),
            reader.IsDBNull(4) ? null : reader.GetInt64(4)));

    private static IdempotencyRecord ReadRecord(NpgsqlDataReader reader) => new(
        new IdempotencyKey(new TeamId(reader.GetString(0)), reader.GetString(1)),
        reader.GetString(2), new JobId(reader.GetInt64(3)), reader.Time(4), StateJson.ReadAnswer(reader.TextOrNull(5)));

    private async ValueTask CloseAsync()
    {
        if (_connection is null) return;
        var lost = _connection;
        _connection = null;
        database.Turns.Clear(); // or the pool would hand the same dead connection out again
        await lost.DisposeAsync();
    }

    private StoreException Fenced() => new(StoreFailure.Fenced, $"Incarnation {node.Incarnation} is not live.");

    private static async ValueTask<T> GuardAsync<T>(Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (Exception failure) when (Classify(failure) is { } kind)
        {
            throw new StoreException(kind, PostgresFailures.Explain(failure), failure);
        }
    }

    // To use a connection that broke, or was disposed of, is an invalid operation.
    private static StoreFailure? Classify(Exception failure) =>
        failure is InvalidOperationException ? StoreFailure.Lost : PostgresFailures.Classify(failure);
}
