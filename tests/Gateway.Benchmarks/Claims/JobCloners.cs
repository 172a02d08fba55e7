using Microsoft.Data.Sqlite;
using Npgsql;

namespace Gateway.Benchmarks.Claims;

/// <summary>Fills the queue with copies of its only job: submitting hundreds of thousands would take minutes.</summary>
internal interface IJobCloner
{
    Task CloneAsync(int copies);
}

internal sealed class PostgresJobCloner(string connectionString) : IJobCloner
{
    // Ids after the original's; the state document names the id too.
    private const string Clone = """
        INSERT INTO job (id, version, team, kind, lane, status, priority, attempt, seq, state, wake_at)
        SELECT id + n, 1, team, kind, lane, status, priority, attempt, seq, replace(state, '"id":' || id, '"id":' || (id + n)), wake_at
        FROM job, generate_series(1, $1) AS n
        """;

    public async Task CloneAsync(int copies)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var clone = source.CreateCommand(Clone);
        clone.Parameters.Add(new NpgsqlParameter<int> { TypedValue = copies });
        clone.CommandTimeout = 300;
        await clone.ExecuteNonQueryAsync();
        await using var analyze = source.CreateCommand("VACUUM ANALYZE job");
        await analyze.ExecuteNonQueryAsync();
    }
}

internal sealed class SqliteJobCloner(string directory) : IJobCloner
{
    private const string Clone = """
        WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < $copies)
        INSERT INTO job (id, version, team, kind, lane, status, priority, attempt, seq, state, wake_at)
        SELECT id + n, 1, team, kind, lane, status, priority, attempt, seq, replace(state, '"id":' || id, '"id":' || (id + n)), wake_at
        FROM job, number
        """;

    public async Task CloneAsync(int copies)
    {
        await using var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder { DataSource = Path.Combine(directory, "gateway.db"), Pooling = false }.ToString());
        await connection.OpenAsync();
        await using var clone = connection.CreateCommand();
        clone.CommandText = Clone;
        clone.CommandTimeout = 300;
        clone.Parameters.AddWithValue("$copies", copies);
        await clone.ExecuteNonQueryAsync();
    }
}
