using Npgsql;

namespace Gateway.Storage.Postgres;

internal static class PostgresBatches
{
    extension(NpgsqlBatch batch)
    {
        public void Add(string sql, params ReadOnlySpan<object> values)
        {
            var command = batch.CreateBatchCommand();
            command.CommandText = sql;
            foreach (var value in values) command.Parameters.Add(value as NpgsqlParameter ?? PostgresCommands.Parameter(value));
            batch.BatchCommands.Add(command);
        }
    }
}
