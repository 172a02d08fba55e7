using Gateway.Cluster.Tests.Cluster;
using Npgsql;

namespace Gateway.Cluster.Tests.Rounds.Scenarios;

/// <summary>An administrator ends sessions of the gateway, again and again.</summary>
internal sealed class BackendTermination : IChaosScenario
{
    private const string Gateways = "SELECT pid FROM pg_stat_activity WHERE application_name LIKE 'gateway%' ORDER BY pid";

    public string Name => "backend-termination";

    public async Task StrikeAsync(TestCluster cluster, Random dice)
    {
        await using var administrator = NpgsqlDataSource.Create($"{cluster.Postgres.ConnectionString};Pooling=false");
        for (var strike = 0; strike < 10; strike++)
        {
            await dice.MomentAsync(0.1, 0.5);
            await TerminateAsync(administrator, dice.Next(1, 4), dice);
        }
    }

    private static async Task TerminateAsync(NpgsqlDataSource administrator, int count, Random dice)
    {
        await using var look = administrator.CreateCommand(Gateways);
        List<int> sessions = [];
        await using (var reader = await look.ExecuteReaderAsync())
            while (await reader.ReadAsync()) sessions.Add(reader.GetInt32(0));

        await using var terminate = administrator.CreateCommand("SELECT pg_terminate_backend(pid) FROM unnest($1::int[]) AS pid");
        terminate.Parameters.Add(
            new NpgsqlParameter { Value = Enumerable.Range(0, count).Select(_ => dice.Pick(sessions)).Distinct().ToArray() });
        await terminate.ExecuteNonQueryAsync();
    }
}
