using Gateway.Engine.Turns;
using Gateway.Model.Accounts;
using Gateway.Model.Ids;

namespace Gateway.Grains.Routing;

// What this node sees of the accounts.
internal sealed partial class RouterGrain
{
    private readonly Dictionary<AccountId, AccountView> _views = [];
    private readonly OpenAccounts _open = new();
    private readonly TeamSlots _slots = new(accounts.Owner);

    /// <summary>Reads all accounts; at start and when somebody else may have changed them.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        SeeAll(await accounts.AllAsync(cancellationToken));
    }

    /// <summary>
    /// Called when other accounts than before may have to be probed by this node, or at other instants. It must not wait.
    /// </summary>
    public event Action? ProbesChanged;

    /// <summary>Other accounts than before are homed here.</summary>
    public void Rehome()
    {
        lock (_lock)
        {
            foreach (var view in _views.Values)
            {
                view.IsHome = homes.Has(view.State.Id);
                _open.Update(view);
            }
        }

        ProbesChanged?.Invoke();
    }

    /// <summary>The account as last seen; null when unknown. A tombstone is returned: its leases still run.</summary>
    public AccountState? Find(AccountId id)
    {
        lock (_lock) return _views.GetValueOrDefault(id)?.State;
    }

    /// <summary>The account an id stands for: itself, or the one it is another name of (V18).</summary>
    public AccountId Resolve(AccountId id) => Find(id) is { Deleted: false, SharesWith: { } first } ? first : id;

    /// <summary>All accounts as last seen, tombstones included.</summary>
    public IReadOnlyList<AccountState> All()
    {
        lock (_lock) return [.. _views.Values.Select(view => view.State)];
    }

    void IBatchObserver.Committed(BatchCommit commit)
    {
        SeeAll(commit.Accounts);
        if (commit.ReleasedBy.Count > 0) notifier.Pulse();
    }

    private void SeeAll(IReadOnlyCollection<AccountState> seen)
    {
        var now = time.GetUtcNow();
        var (mayHelp, mayProbe) = (false, false);
        lock (_lock)
        {
            foreach (var account in seen)
            {
                mayProbe |= account.ProbeAt != _views.GetValueOrDefault(account.Id)?.State.ProbeAt;
                mayHelp |= See(account);
            }

            mayHelp |= _slots.TakeRoom();
        }

        foreach (var account in seen)
        {
            notifier.WakeAt(account.Health.CoolingUntil(now));
            notifier.WakeAt(account.Health.SuspectUntil(now));
            foreach (var rest in account.Health.TeamRests ?? []) notifier.WakeAt(rest.Until > now ? rest.Until : null);
        }

        if (mayHelp) notifier.Pulse();
        if (mayProbe) ProbesChanged?.Invoke();
    }

    // Whether somebody who waits should look again: not after a mere acquire, which only took something away.
    private bool See(AccountState account)
    {
        var isNew = !_views.TryGetValue(account.Id, out var view);
        if (view is null) _views[account.Id] = view = new AccountView(account, _slots) { IsHome = homes.Has(account.Id) };
        var before = view.State;
        if (isNew || IsAnotherPool(before, account)) _pools.Clear();
        view.See(account);
        _open.Update(view);
        return view.IsOpen && (isNew || (view.State != before && view.State.Leases.Length <= before.Leases.Length));
    }

    internal Task VerifyAsync(CancellationToken cancellationToken) => accounts.VerifyAsync(SeeAll, cancellationToken);
}
