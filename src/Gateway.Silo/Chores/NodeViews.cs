using Gateway.Engine.Teams;
using Gateway.Grains.Routing;

namespace Gateway.Silo.Chores;

/// <summary>What this node holds in memory of accounts, teams and the queue.</summary>
internal sealed class NodeViews(RouterGrain router, TeamLimitsView teams, QueuePauses pauses, QueueOrder order)
{
    /// <summary>Reads all of them; commits that come meanwhile are told to them too.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        await router.RefreshAsync(cancellationToken);
        await teams.RefreshAsync(cancellationToken);
        await pauses.RefreshAsync(cancellationToken);
        await order.RefreshAsync(cancellationToken);
    }
}
