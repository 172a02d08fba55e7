using Microsoft.Data.Sqlite;

namespace Gateway.Benchmarks.Turns;

/// <summary>
/// The ordinary way on SQLite: one prepared, conditional UPDATE per acquire and per release, each a transaction of its own
/// with <c>synchronous=FULL</c>. One connection behind a lock: SQLite has one writer, more connections only wait in turn.
/// </summary>
internal sealed class SqlitePerStatement : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _acquire;
    private readonly SqliteCommand _release;

    private SqlitePerStatement(SqliteConnection connection)
    {
        _connection = connection;
        _acquire = Command("UPDATE slots SET running = running + 1 WHERE account = $account AND running < max_jobs");
        _release = Command("UPDATE slots SET running = running - 1 WHERE account = $account");
    }

    public static SqlitePerStatement Open(string file)
    {
        SQLitePCL.Batteries_V2.Init();
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Pooling = false }.ToString());
        connection.Open();
        using var create = connection.CreateCommand();
        create.CommandText = $"""
            PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
            CREATE TABLE slots (account INTEGER PRIMARY KEY, max_jobs INTEGER NOT NULL, running INTEGER NOT NULL);
            WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < {TurnsBenchmark.AccountCount})
            INSERT INTO slots SELECT n, {TurnsBenchmark.SlotCount}, 0 FROM number;
            """;
        create.ExecuteNonQuery();
        return new SqlitePerStatement(connection);
    }

    public Task PairAsync(Random dice, CancellationToken cancellationToken)
    {
        while (true)
        {
            var account = 1 + dice.Next(TurnsBenchmark.AccountCount);
            if (!Run(_acquire, account)) continue;
            Run(_release, account);
            return Task.CompletedTask;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _acquire.DisposeAsync();
        await _release.DisposeAsync();
        await _connection.DisposeAsync();
    }

    private bool Run(SqliteCommand command, int account)
    {
        lock (_lock)
        {
            command.Parameters[0].Value = account;
            return command.ExecuteNonQuery() == 1;
        }
    }

    private SqliteCommand Command(string sql)
    {
        var command = _connection.CreateCommand();
        command.CommandText = sql;
        command.Parameters.Add(new SqliteParameter { ParameterName = "$account", SqliteType = SqliteType.Integer });
        command.Prepare();
        return command;
    }
}
