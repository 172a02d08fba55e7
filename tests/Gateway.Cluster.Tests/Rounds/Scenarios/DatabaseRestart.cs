using Gateway.Cluster.Tests.Cluster;
using Gateway.Testing;

namespace Gateway.Cluster.Tests.Rounds.Scenarios;

/// <summary>PostgreSQL stops, in haste or in a crash, and starts again.</summary>
internal sealed class DatabaseRestart : IChaosScenario
{
    public string Name => "database-restart";

    public async Task StrikeAsync(TestCluster cluster, Random dice)
    {
        var signal = dice.Pick([Unix.Interrupt, Unix.Quit]);
        await dice.MomentAsync(0.3, 3);
        await cluster.Postgres.StopAsync(signal);
        await dice.MomentAsync(0, 2);
        await cluster.Postgres.LaunchAsync();
    }
}
