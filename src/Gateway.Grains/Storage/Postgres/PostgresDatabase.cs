using Npgsql;

namespace Gateway.Grains.Storage.Postgres;

/// <summary>
/// The connections to one PostgreSQL: a pool for reads and bodies, one connection per batch runner, two for hints. Statements have
/// time-outs on the server's side too, so that a lost client leaves no lock behind.
/// </summary>
internal sealed class PostgresDatabase : IAsyncDisposable
{
    /// <summary>A statement of a turn or a read that takes longer is ended by the server.</summary>
    private static readonly TimeSpan StatementTimeout = TimeSpan.FromSeconds(15);

    /// <summary>A lock that is not had by then is given up; the batch runs again.</summary>
    private static readonly TimeSpan LockTimeout = TimeSpan.FromSeconds(5);

    private PostgresDatabase(string connectionString)
    {
        Reads = NpgsqlDataSource.Create(Tuned(connectionString, "gateway reads", maxPool: 16));
        Turns = NpgsqlDataSource.Create(Tuned(connectionString, "gateway turns", maxPool: 8));
        Hints = NpgsqlDataSource.Create(Tuned(connectionString, "gateway hints", maxPool: 2, more: "-c synchronous_commit=off"));
        Plain = connectionString;
    }

    public NpgsqlDataSource Reads { get; }

    public NpgsqlDataSource Turns { get; }

    /// <summary>One connection that listens, one that tells. Hints are no promise: their commits wait for no disk.</summary>
    public NpgsqlDataSource Hints { get; }

    /// <summary>The operator's own string: migrations may take longer than any time-out here.</summary>
    public string Plain { get; }

    /// <exception cref="GatewaySetupException">The connection string cannot be read.</exception>
    public static PostgresDatabase Open(string connectionString)
    {
        try
        {
            return new PostgresDatabase(connectionString);
        }
        catch (ArgumentException wrong)
        {
            throw new GatewaySetupException($"ConnectionStrings:Gateway is no PostgreSQL connection string: {wrong.Message}", wrong);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Hints.DisposeAsync();
        await Turns.DisposeAsync();
        await Reads.DisposeAsync();
    }

    private static string Tuned(string connectionString, string name, int maxPool, string more = "")
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString)
        {
            MaxAutoPrepare = 64,
            AutoPrepareMinUsages = 2,
            ApplicationName = name,
            Enlist = false,
            CommandTimeout = (int)StatementTimeout.TotalSeconds + 5, // the server's time-out speaks first
            MaxPoolSize = maxPool,
            Timeout = 5,
        };
        settings.Options = $"{settings.Options} -c statement_timeout={Milliseconds(StatementTimeout)} -c lock_timeout={Milliseconds(LockTimeout)} -c idle_in_transaction_session_timeout=30000 {more}".Trim();
        return settings.ToString();
    }

    private static long Milliseconds(TimeSpan span) => (long)span.TotalMilliseconds;
}

internal static class PostgresCommands
{
    extension(NpgsqlDataSource source)
    {
        public async Task<IReadOnlyList<T>> ListAsync<T>(string sql, Func<NpgsqlDataReader, T> map, CancellationToken cancellationToken, params object?[] values)
        {
            await using var command = source.CreateCommand(sql);
            foreach (var value in values) command.Parameters.Add(Parameter(value));
            try
            {
                await using var reader = await command.ExecuteReaderAsync(cancellationToken);
                List<T> rows = [];
                while (await reader.ReadAsync(cancellationToken)) rows.Add(map(reader));
                return rows;
            }
            catch (Exception failure) when (IsLost(failure))
            {
                throw Unavailable(failure);
            }
        }

        public async Task<T?> FirstAsync<T>(string sql, Func<NpgsqlDataReader, T> map, CancellationToken cancellationToken, params object?[] values)
            where T : class => await source.ListAsync(sql, map, cancellationToken, values) is [var first, ..] ? first : null;

        public async Task<int> RunAsync(string sql, CancellationToken cancellationToken, params object?[] values)
        {
            await using var command = source.CreateCommand(sql);
            foreach (var value in values) command.Parameters.Add(Parameter(value));
            try
            {
                return await command.ExecuteNonQueryAsync(cancellationToken);
            }
            catch (Exception failure) when (IsLost(failure))
            {
                throw Unavailable(failure);
            }
        }
    }

    extension(NpgsqlDataReader reader)
    {
        public string? TextOrNull(int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

        public DateTimeOffset Time(int column) => reader.GetFieldValue<DateTimeOffset>(column);

        public DateTimeOffset? TimeOrNull(int column) => reader.IsDBNull(column) ? null : reader.Time(column);
    }

    // S4: a lost database is told from a mistake of ours, and answered 503 with a time to come back.
    private static bool IsLost(Exception failure) => failure switch
    {
        PostgresException told => PostgresFailures.Classify(told.SqlState) == StoreFailure.Lost,
        NpgsqlException or IOException or TimeoutException => true,
        _ => false,
    };

    private static StoreUnavailableException Unavailable(Exception failure) => new("The database cannot be reached.", failure);

    public static NpgsqlParameter Parameter(object? value) => new() { Value = value ?? DBNull.Value };
}
