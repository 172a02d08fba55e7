using Gateway.Cluster.Tests.Cluster;

namespace Gateway.Cluster.Tests.Rounds.Scenarios;

/// <summary>
/// The network between one node and the database: cut, silent in one or both directions, or slow; shorter or longer than a lease.
/// </summary>
internal sealed class DatabaseCut : IChaosScenario
{
    public string Name => "database-cut";

    public async Task StrikeAsync(TestCluster cluster, Random dice)
    {
        var victim = dice.Pick(cluster.Nodes);
        var fault = dice.Pick([LinkFault.Cut, LinkFault.Silent, LinkFault.Deaf, LinkFault.Slow]);
        await dice.MomentAsync(0.3, 2);
        victim.Link.Fault = fault;
        await dice.MomentAsync(0.5, TestCluster.NodeLease.TotalSeconds + 2);
        victim.Link.Fault = LinkFault.None;
    }
}
