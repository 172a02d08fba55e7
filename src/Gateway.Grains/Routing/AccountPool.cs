using Gateway.Model.Queueing;

namespace Gateway.Grains.Routing;

/// <summary>Accounts in an array, so that a random one is found in constant time however many there are.</summary>
internal sealed class AccountPool
{
    /// <summary>
    /// Random draws before the whole pool is looked at. A draw is refused when the account cannot serve the request; where
    /// at least a third can, 8 draws fail in fewer than 4 of 100 picks.
    /// </summary>
    private const int Draws = 8;

    private readonly List<AccountView> _views = [];

    public int Count => _views.Count;

    public int FreeSlots(int most)
    {
        var free = 0;
        foreach (var view in _views)
            if ((free += view.FreeSlots) >= most) return most;
        return free;
    }

    public AccountView? Pick(Func<AccountView, bool> fits, IRandom random)
    {
        // Drawing again on a misfit leaves every fitting account the same chance.
        for (var draw = 0; draw < Draws && _views.Count > 0; draw++)
            if (_views[random.Next(_views.Count)] is var view && fits(view)) return view;

        return PickFromAll(fits, random);
    }

    // Reservoir of one: the n-th fitting account replaces the choice with chance 1/n.
    private AccountView? PickFromAll(Func<AccountView, bool> fits, IRandom random)
    {
        AccountView? choice = null;
        var seen = 0;
        foreach (var view in _views)
            if (fits(view) && random.Next(++seen) == 0) choice = view;
        return choice;
    }

    public void Add(AccountView view)
    {
        (view.Pool, view.PoolIndex) = (this, _views.Count);
        _views.Add(view);
    }

    public void Remove(AccountView view)
    {
        var last = _views[^1];
        _views[view.PoolIndex] = last;
        last.PoolIndex = view.PoolIndex;
        _views.RemoveAt(_views.Count - 1);
        view.Pool = null;
    }
}
