using Gateway.Model.Ids;

namespace Gateway.Grains.Routing;

// What other nodes did to accounts.
internal sealed partial class RouterGrain
{
    private readonly HashSet<AccountId> _stale = [];

    /// <summary>Reads these accounts: another node changed them.</summary>
    public async Task RefreshAsync(IReadOnlyCollection<AccountId> changed, CancellationToken cancellationToken) =>
        SeeAll(await accounts.SomeAsync(changed, cancellationToken));

    /// <summary>
    /// What is known of these accounts is old. They are read once somebody waits for a slot, not before: nodes that give
    /// slots back by the thousand would make each other do little else.
    /// </summary>
    public void MarkStale(IReadOnlyCollection<AccountId> changed)
    {
        lock (_lock) _stale.UnionWith(changed);
    }

    /// <summary>Reads what is stale.</summary>
    public async Task RefreshStaleAsync(CancellationToken cancellationToken)
    {
        var stale = TakeStale();
        if (stale.Count == 0) return;
        try
        {
            await RefreshAsync(stale, cancellationToken);
        }
        catch
        {
            MarkStale(stale);
            throw;
        }
    }

    private List<AccountId> TakeStale()
    {
        lock (_lock)
        {
            if (_stale.Count == 0) return [];
            List<AccountId> stale = [.. _stale];
            _stale.Clear();
            return stale;
        }
    }
}
