using Gateway.Model.Ids;

namespace Gateway.Grains.Routing;

// What other nodes did to accounts.
internal sealed partial class RouterGrain
{
    private readonly HashSet<AccountId> _doubted = [];

    /// <summary>Reads these accounts: another node changed them.</summary>
    public async Task RefreshAsync(IReadOnlyCollection<AccountId> accounts, CancellationToken cancellationToken) =>
        SeeAll(await queries.AccountsAsync(accounts, cancellationToken));

    /// <summary>
    /// What is known of these accounts is old. They are read once somebody waits for a slot, not before: nodes that give
    /// slots back by the thousand would make each other do little else.
    /// </summary>
    public void Doubt(IReadOnlyCollection<AccountId> accounts)
    {
        lock (_lock) _doubted.UnionWith(accounts);
    }

    /// <summary>Reads what is in doubt.</summary>
    public async Task RefreshDoubtedAsync(CancellationToken cancellationToken)
    {
        var doubted = TakeDoubted();
        if (doubted.Count == 0) return;
        try
        {
            await RefreshAsync(doubted, cancellationToken);
        }
        catch
        {
            Doubt(doubted);
            throw;
        }
    }

    private List<AccountId> TakeDoubted()
    {
        lock (_lock)
        {
            if (_doubted.Count == 0) return [];
            List<AccountId> doubted = [.. _doubted];
            _doubted.Clear();
            return doubted;
        }
    }
}
