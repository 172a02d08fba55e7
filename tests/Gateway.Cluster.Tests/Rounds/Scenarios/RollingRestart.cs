using Gateway.Cluster.Tests.Cluster;

namespace Gateway.Cluster.Tests.Rounds.Scenarios;

/// <summary>An upgrade: node after node, the next one first, then SIGTERM for the one before.</summary>
internal sealed class RollingRestart : IChaosScenario
{
    public string Name => "rolling-restart";

    public TimeSpan LoadFor => TimeSpan.FromSeconds(8);

    public async Task StrikeAsync(TestCluster cluster, Random dice)
    {
        var order = cluster.Nodes.ToArray();
        dice.Shuffle(order);
        await dice.MomentAsync(0.2, 1);
        foreach (var node in order) await cluster.ReplaceAsync(node);
    }
}
