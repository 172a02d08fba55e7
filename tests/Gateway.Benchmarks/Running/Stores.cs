using Gateway.Engine.Storage;
using Gateway.Storage.Postgres;
using Gateway.Storage.Sqlite;

namespace Gateway.Benchmarks.Running;

/// <summary>The stores under measurement, opened as the gateway opens them.</summary>
internal static class Stores
{
    public static IGatewayStore Sqlite(string directory) => new SqliteGatewayStore(SqliteDatabase.Open(directory), new StoreClock());

    public static IGatewayStore Postgres(string connectionString) =>
        new PostgresGatewayStore(PostgresDatabase.Open(connectionString), new StoreClock());
}
