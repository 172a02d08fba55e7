using Microsoft.Data.Sqlite;

namespace Gateway.Storage.Sqlite;

internal static class SqliteCommands
{
    extension(SqliteConnection connection)
    {
        public int Run(string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
        {
            using var command = connection.Prepare(sql, parameters);
            return command.ExecuteNonQuery();
        }

        public List<T> List<T>(string sql, Func<SqliteDataReader, T> map, params ReadOnlySpan<(string Name, object? Value)> parameters)
        {
            using var command = connection.Prepare(sql, parameters);
            using var reader = command.ExecuteReader();
            List<T> rows = [];
            while (reader.Read()) rows.Add(map(reader));
            return rows;
        }

        public SqliteCommand Prepare(string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
        {
            var command = connection.CreateCommand();
            command.CommandText = sql;
            foreach (var (name, value) in parameters) command.Parameters.AddWithValue(name, value ?? DBNull.Value);
            return command;
        }
    }

    extension(SqliteDataReader reader)
    {
        public DateTimeOffset Time(int column) => DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(column));

        public DateTimeOffset? TimeOrNull(int column) => reader.IsDBNull(column) ? null : reader.Time(column);

        public string? TextOrNull(int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
    }
}
