using Gateway.Engine.Turns;
using Npgsql;

namespace Gateway.Storage.Postgres;

internal static class PostgresCommands
{
    extension(NpgsqlDataSource source)
    {
        public async Task<IReadOnlyList<T>> ListAsync<T>(
            string sql, Func<NpgsqlDataReader, T> map, CancellationToken cancellationToken, params object?[] values)
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
            catch (Exception failure) when (IsPassing(failure))
            {
                throw Unavailable(failure);
            }
        }

        public async Task<T?> FirstAsync<T>(
            string sql, Func<NpgsqlDataReader, T> map, CancellationToken cancellationToken, params object?[] values)
            where T : class => await source.ListAsync(sql, map, cancellationToken, values) is [var first, ..] ? first : null;

        public async Task<int> RunAsync(string sql, CancellationToken cancellationToken, params object?[] values)
        {
            await using var command = source.CreateCommand(sql);
            foreach (var value in values) command.Parameters.Add(Parameter(value));
            try
            {
                return await command.ExecuteNonQueryAsync(cancellationToken);
            }
            catch (Exception failure) when (IsPassing(failure))
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

    // S4: the database's trouble is told from a mistake of ours, and answered 503 with a time to come back.
    private static bool IsPassing(Exception failure) =>
        PostgresFailures.Classify(failure) is not (null or StoreFailure.Refused or StoreFailure.Taken);

    public static StoreUnavailableException Unavailable(Exception failure) =>
        new(PostgresFailures.Why(failure), failure) { Detail = PostgresFailures.Explain(failure) };

    public static NpgsqlParameter Parameter(object? value) => new() { Value = value ?? DBNull.Value };
}
