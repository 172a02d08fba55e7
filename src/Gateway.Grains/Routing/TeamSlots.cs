using Gateway.Model.Accounts;
using Gateway.Model.Ids;

namespace Gateway.Grains.Routing;

/// <summary>Who holds the slots, team by team and account by account, as this node sees it. Guarded by the router's lock.</summary>
/// <param name="owner">This node's incarnation.</param>
internal sealed class TeamSlots(string owner)
{
    private static readonly Dictionary<AccountId, SlotCount> Nothing = [];

    private readonly Dictionary<TeamId, SlotCount> _totals = [];
    private readonly Dictionary<TeamId, Dictionary<AccountId, SlotCount>> _byAccount = [];
    private readonly HashSet<TeamId> _waiting = [];
    private bool _hasRoom;

    /// <summary>All a team holds.</summary>
    public SlotCount Of(TeamId team) => _totals.GetValueOrDefault(team);

    /// <summary>The same, account by account.</summary>
    public IReadOnlyDictionary<AccountId, SlotCount> ByAccount(TeamId team) => _byAccount.GetValueOrDefault(team, Nothing);

    /// <summary>What a lease counts for; null where nobody knows whose it is.</summary>
    public HeldSlot? SlotOf(Lease lease) => lease.Holder is { } team ? new HeldSlot(team, lease.IsUnanswered, lease.Owner == owner) : null;

    /// <summary>A slot of the account counts for this from now on, and no more for that.</summary>
    public void Change(AccountId account, HeldSlot? before, HeldSlot? after)
    {
        if (before == after) return;
        if (after is { } added)
            Set(added.Team, account, ByAccount(added.Team).GetValueOrDefault(account) + added.Count, Of(added.Team) + added.Count);
        if (before is not { } removed) return;
        Set(removed.Team, account, ByAccount(removed.Team).GetValueOrDefault(account) - removed.Count, Of(removed.Team) - removed.Count);
        if (removed.IsUnanswered && _waiting.Remove(removed.Team)) _hasRoom = true;
    }

    /// <summary>The team wanted one more than its share of unanswered slots.</summary>
    public void Wait(TeamId team) => _waiting.Add(team);

    /// <summary>Whether somebody who waits for its team's share should look again; told once.</summary>
    public bool TakeRoom()
    {
        var hasRoom = _hasRoom;
        _hasRoom = false;
        return hasRoom;
    }

    private void Set(TeamId team, AccountId account, SlotCount count, SlotCount total)
    {
        if (!_byAccount.TryGetValue(team, out var accounts)) _byAccount[team] = accounts = [];
        if (count == default) accounts.Remove(account);
        else accounts[account] = count;
        _totals[team] = total;
        if (accounts.Count > 0) return;
        _byAccount.Remove(team);
        _totals.Remove(team);
    }
}
