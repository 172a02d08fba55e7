using Gateway.Cluster.Tests.Cluster;

namespace Gateway.Cluster.Tests.Rounds.Scenarios;

/// <summary>
/// One node's machine is five minutes ahead or behind. Some answers are lost, so that slots are kept for a time, which that node must
/// not see end before the others do; half the time another node dies, whose leases it may adopt.
/// </summary>
internal sealed class ClockOff : IChaosScenario
{
    private const int MostLost = 4;

    public string Name => "clock-off";

    public async Task PrepareAsync(TestCluster cluster, Random dice)
    {
        var node = dice.Pick(cluster.Nodes);
        var offset = TimeSpan.FromMinutes(dice.Pick([-5, 5]));
        await cluster.KillAsync(node);
        await cluster.LaunchAsync(node, offset);
        AcceptedButLost.Lose(cluster, dice, MostLost);
    }

    public async Task StrikeAsync(TestCluster cluster, Random dice)
    {
        var victim = dice.Pick([.. cluster.Nodes.Where(node => node.ClockOffset == TimeSpan.Zero)]);
        if (dice.Next(2) == 0) return;
        await dice.MomentAsync(0.5, 3);
        await cluster.KillAsync(victim);
        await cluster.LaunchAsync(victim);
    }
}
