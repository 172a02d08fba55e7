using Npgsql;

namespace Gateway.Benchmarks.Running;

internal static class Durability
{
    /// <summary>The settings that make a commit durable, as the server of this database has them.</summary>
    public static async Task<string> OfAsync(string database)
    {
        await using var source = NpgsqlDataSource.Create(database);
        await using var show = source.CreateCommand(
            "SELECT string_agg(name || '=' || setting, ', ' ORDER BY name) FROM pg_settings WHERE name IN ('fsync', " +
                "'synchronous_commit', 'full_page_writes', 'server_version')");
        return (string)(await show.ExecuteScalarAsync())!;
    }
}
