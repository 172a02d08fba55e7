using Gateway.Engine.Teams;
using Gateway.Grains.Routing;
using Gateway.Model.Ids;

namespace Gateway.Silo.Notices;

/// <summary>What this node holds in memory of accounts, teams and the queue.</summary>
internal sealed class NodeViews(RouterGrain router, TeamLimitsView teams, QueuePauses pauses, QueueOrder order)
{
    /// <summary>Reads all of them; commits that come meanwhile are told to them too.</summary>
    public async Task ReadAsync(CancellationToken cancellationToken)
    {
        await router.RefreshAsync(cancellationToken);
        await ReadTeamsAsync(cancellationToken);
        await pauses.RefreshAsync(cancellationToken);
    }

    public Task ReadAccountsAsync(IReadOnlyCollection<AccountId> accounts, CancellationToken cancellationToken) =>
        router.RefreshAsync(accounts, cancellationToken);

    public Task ReadPausesAsync(CancellationToken cancellationToken) => pauses.RefreshAsync(cancellationToken);

    public async Task ReadTeamsAsync(CancellationToken cancellationToken)
    {
        await teams.RefreshAsync(cancellationToken);
        await order.RefreshAsync(cancellationToken);
    }
}
