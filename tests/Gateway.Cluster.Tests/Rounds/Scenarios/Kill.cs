using Gateway.Cluster.Tests.Cluster;

namespace Gateway.Cluster.Tests.Rounds.Scenarios;

/// <summary>kill -9 of a node; another one takes its place a little later.</summary>
internal sealed class Kill(string name, NodeRole role) : IChaosScenario
{
    public string Name => name;

    public async Task StrikeAsync(TestCluster cluster, Random dice)
    {
        var victim = dice.Pick(cluster.Of(role));
        await dice.MomentAsync(0.3, 3);
        await cluster.KillAsync(victim);
        await dice.MomentAsync(0, 1.5);
        await cluster.LaunchAsync(victim);
    }
}
