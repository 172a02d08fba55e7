using Npgsql;

namespace Gateway.Benchmarks.Turns;

/// <summary>How a competent ordinary implementation may keep slots.</summary>
internal enum PlainShape
{
    /// <summary>A counter per account, raised by a conditional UPDATE.</summary>
    Counter,

    /// <summary>The same over Npgsql's multiplexing, which shares few connections between many statements.</summary>
    CounterMultiplexed,

    /// <summary>A row per slot, claimed with FOR UPDATE SKIP LOCKED.</summary>
    Slots,
}

/// <summary>The ordinary way on PostgreSQL: one auto-prepared statement per acquire and per release, on pooled connections.</summary>
internal sealed class PostgresPerStatement : IAsyncDisposable
{
    // Fillfactor 50 as the gateway's own account table: HOT updates.
    private const string Create = """
        CREATE TABLE IF NOT EXISTS plain_account (id int PRIMARY KEY, max_jobs int NOT NULL, running int NOT NULL)
            WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
        INSERT INTO plain_account SELECT n, $slots, 0 FROM generate_series(1, $accounts) AS n ON CONFLICT DO NOTHING;
        CREATE TABLE IF NOT EXISTS plain_slot (account int NOT NULL, number int NOT NULL, taken boolean NOT NULL, PRIMARY KEY (account, number))
            WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
        INSERT INTO plain_slot SELECT n, s, false FROM generate_series(1, $accounts) AS n, generate_series(1, $slots) AS s ON CONFLICT DO NOTHING;
        """;

    private const string AcquireCounter =
        "UPDATE plain_account SET running = running + 1 WHERE id = $1 AND running < max_jobs RETURNING running";
    private const string ReleaseCounter = "UPDATE plain_account SET running = running - 1 WHERE id = $1";
    private const string AcquireSlot = """
        UPDATE plain_slot SET taken = true WHERE account = $1 AND number = (
            SELECT number FROM plain_slot WHERE account = $1 AND NOT taken LIMIT 1 FOR UPDATE SKIP LOCKED)
        RETURNING number
        """;

    private const string ReleaseSlot = "UPDATE plain_slot SET taken = false WHERE account = $1 AND number = $2";

    private readonly NpgsqlDataSource _source;
    private readonly PlainShape _shape;

    private PostgresPerStatement(NpgsqlDataSource source, PlainShape shape)
    {
        _source = source;
        _shape = shape;
    }

    public static string Describe(PlainShape shape) => shape switch
    {
        PlainShape.Counter => "counter",
        PlainShape.CounterMultiplexed => "counter, multiplexing",
        _ => "slot rows",
    };

    public static async Task<PostgresPerStatement> OpenAsync(string connectionString, PlainShape shape)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString)
        {
            MaxAutoPrepare = 16,
            AutoPrepareMinUsages = 2,
            Multiplexing = shape == PlainShape.CounterMultiplexed,
            MaxPoolSize = shape == PlainShape.CounterMultiplexed ? 8 : 32,
            Timeout = 60, // 256 callers share 32 connections
        };
        var source = NpgsqlDataSource.Create(settings);
        await using var create = source.CreateCommand(Create
            .Replace("$slots", $"{TurnsBenchmark.SlotCount}", StringComparison.Ordinal)
            .Replace("$accounts", $"{TurnsBenchmark.AccountCount}", StringComparison.Ordinal));
        await create.ExecuteNonQueryAsync();
        return new PostgresPerStatement(source, shape);
    }

    public Task PairAsync(Random dice, CancellationToken cancellationToken) =>
        _shape == PlainShape.Slots ? SlotPairAsync(dice, cancellationToken) : CounterPairAsync(dice, cancellationToken);

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    private async Task CounterPairAsync(Random dice, CancellationToken cancellationToken)
    {
        while (true)
        {
            var account = 1 + dice.Next(TurnsBenchmark.AccountCount);
            if (await RunAsync(AcquireCounter, account, cancellationToken) is null) continue;
            await RunAsync(ReleaseCounter, account, cancellationToken);
            return;
        }
    }

    private async Task SlotPairAsync(Random dice, CancellationToken cancellationToken)
    {
        while (true)
        {
            var account = 1 + dice.Next(TurnsBenchmark.AccountCount);
            if (await RunAsync(AcquireSlot, account, cancellationToken) is not int slot) continue;
            await RunAsync(ReleaseSlot, account, cancellationToken, slot);
            return;
        }
    }

    private async Task<object?> RunAsync(string sql, int account, CancellationToken cancellationToken, int? slot = null)
    {
        await using var command = _source.CreateCommand(sql);
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = account });
        if (slot is { } number) command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = number });
        return await command.ExecuteScalarAsync(cancellationToken);
    }
}
