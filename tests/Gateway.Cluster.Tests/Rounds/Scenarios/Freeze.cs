using Gateway.Cluster.Tests.Cluster;
using Gateway.Testing;

namespace Gateway.Cluster.Tests.Rounds.Scenarios;

/// <summary>SIGSTOP for longer than a lease: the node is buried, its leases are adopted, and it wakes up as a zombie.</summary>
internal sealed class Freeze : IChaosScenario
{
    public string Name => "freeze";

    public async Task StrikeAsync(TestCluster cluster, Random dice)
    {
        var victim = dice.Pick(cluster.Nodes);
        await dice.MomentAsync(0.3, 2);
        victim.Process!.Signal(Unix.Stop);
        await Task.Delay(TestCluster.NodeLease + dice.Between(0.2, 2), TimeProvider.System);
        victim.Process.Signal(Unix.Continue);
    }
}
