using Gateway.Grains.Accounts;
using Gateway.Grains.Jobs;
using Gateway.Grains.Turns;
using Npgsql;

namespace Gateway.Grains.Storage.Postgres;

/// <summary>
/// The batch runner's connection to PostgreSQL: two round trips per batch whatever its size. The first begins, bumps the
/// batch number, locks and loads; the second saves and commits.
/// </summary>
internal sealed class PostgresTurnStore(PostgresDatabase database, NodeIdentity node, StoreClock clock) : ITurnStore
{
    private readonly AccountCache _accounts = new();
    private NpgsqlConnection? _connection;

    public bool IsSynchronous => false;

    // T4: own node row, then keys (by the hash that is locked), then rows by kind and key. T5: the records and the clock are
    // read by later statements than those that may have waited.
    private const string BumpBatch = "UPDATE node SET batch_no = batch_no + 1 WHERE incarnation = $1 AND status = 'live' RETURNING batch_no";
    private const string LockKeys = """
        SELECT pg_advisory_xact_lock(hash) FROM (
            SELECT DISTINCT hashtextextended(team || E'\n' || key, 0) AS hash FROM unnest($1::text[], $2::text[]) AS wanted(team, key) ORDER BY 1) AS ordered
        """;

    private const string LockAccounts = "SELECT id, version, state FROM account WHERE id = ANY($1) ORDER BY id FOR UPDATE";
    private const string LockJobs = "SELECT version, state FROM job WHERE id = ANY($1) ORDER BY id FOR UPDATE";
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
        await using var batch = Lock(rows);
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);

        if (!await reader.ReadAsync(cancellationToken)) throw Fenced();
        var number = reader.GetInt64(0);

        if (rows.Keys.Count > 0) await reader.NextResultAsync(cancellationToken); // the locks' own empty answers
        var accounts = await NextAsync(reader, rows.Accounts.Count > 0, ReadAccount, cancellationToken);
        var jobs = await NextAsync(reader, rows.Jobs.Count > 0, ReadJob, cancellationToken);
        var keys = await NextAsync(reader, rows.Keys.Count > 0, ReadRecord, cancellationToken);

        await reader.NextResultAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new LoadedRows(clock.Read(reader.Time(0)), number, accounts, jobs, keys);
    });

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

    private const string BatchNumber = "SELECT batch_no FROM node WHERE incarnation = $1 AND status = 'live' FOR UPDATE";

    public ValueTask<long> ReopenAsync(CancellationToken cancellationToken) => GuardAsync(async () =>
    {
        await CloseAsync();
        _accounts.Clear(); // another server may answer now, which gave the versions it lacks to other states
        _connection = await database.Turns.OpenConnectionAsync(cancellationToken);

        // FOR UPDATE waits until a server that still works on the lost connection's COMMIT has finished: only then is the
        // number the truth (T6).
        await using var command = new NpgsqlCommand(BatchNumber, _connection) { Parameters = { PostgresCommands.Parameter(node.Incarnation) } };
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
        batch.Add(BumpBatch, node.Incarnation);
        if (keys.Length > 0) batch.Add(LockKeys, teams, keys);

        // As objects: a lone string[] would be taken for the parameter list itself.
        if (rows.Accounts.Count > 0) batch.Add(LockAccounts, (object)rows.Accounts.Select(id => id.Value).ToArray());
        if (rows.Jobs.Count > 0) batch.Add(LockJobs, (object)rows.Jobs.Select(id => id.Value).ToArray());
        if (keys.Length > 0) batch.Add(ReadRecords, teams, keys);
        batch.Add(ReadClock);
        return batch;
    }

    private static async Task<IReadOnlyList<T>> NextAsync<T>(NpgsqlDataReader reader, bool isThere, Func<NpgsqlDataReader, T> map, CancellationToken cancellationToken)
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

    private static IdempotencyRecord ReadRecord(NpgsqlDataReader reader) => new(
        new IdempotencyKey(new Teams.TeamId(reader.GetString(0)), reader.GetString(1)),
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
    private static StoreFailure? Classify(Exception failure) => failure is InvalidOperationException ? StoreFailure.Lost : PostgresFailures.Classify(failure);
}
