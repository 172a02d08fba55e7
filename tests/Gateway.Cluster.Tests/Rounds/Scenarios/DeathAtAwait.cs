using Gateway.Cluster.Tests.Cluster;
using Gateway.Model.Accounts;
using Gateway.Simulator;

namespace Gateway.Cluster.Tests.Rounds.Scenarios;

/// <summary>
/// kill -9 of a node that awaits one particular answer on the way of a job. Answers of the upstream are held, so that the node
/// is found by its lease; where the network fails first, it dies between the upstream's answer and its own next commit.
/// </summary>
/// <param name="name">Its name.</param>
/// <param name="held">What the upstream does not answer until the node is chosen; null for the database's answers alone.</param>
/// <param name="fault">What the network to the database does before the upstream answers.</param>
internal sealed class DeathAtAwait(string name, Operation? held, LinkFault fault) : IChaosScenario
{
    private static readonly TimeSpan LookFor = TimeSpan.FromSeconds(2);

    // For an answer to arrive and the next statement to be sent.
    private static readonly TimeSpan NextStep = TimeSpan.FromMilliseconds(150);

    public string Name => name;

    public async Task StrikeAsync(TestCluster cluster, Random dice)
    {
        await dice.MomentAsync(0.2, 2);
        using var gate = held is { } operation ? cluster.Simulator.Hold(operation) : null;
        var victim = await FindWaitingAsync(cluster) ?? dice.Pick(cluster.Nodes);
        victim.Link.Fault = fault;
        if (fault != LinkFault.None)
        {
            gate?.Release();
            await Task.Delay(NextStep, TimeProvider.System);
        }

        await cluster.KillAsync(victim);
        // The system closes a dead process's connections: what it had sent arrives, and then its end.
        victim.Link.Fault = LinkFault.None;
        gate?.Release();
        await cluster.LaunchAsync(victim);
    }

    private async Task<ClusterNode?> FindWaitingAsync(TestCluster cluster)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(started) < LookFor)
        {
            var accounts = await cluster.Store.Queries.AccountsAsync(CancellationToken.None);
            var owners = accounts.SelectMany(account => account.Leases).Where(IsMeant).Select(lease => lease.Owner).ToHashSet();
            if (cluster.Nodes.FirstOrDefault(node => owners.Contains(node.Incarnation)) is { } node) return node;
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }

        return null;
    }

    private bool IsMeant(Lease lease) => !lease.IsCall && held switch
    {
        Operation.VideoSubmit => lease.TaskId is null,
        Operation.VideoQuery => lease.TaskId is not null,
        _ => true,
    };
}
