using Gateway.Model.Queueing;

namespace Gateway.Grains.Routing;

/// <summary>
/// The accounts with a free slot: those homed here, and the others (Q6). Guarded by the router's lock.
/// </summary>
internal sealed class OpenAccounts
{
    private readonly AccountPool _home = new();
    private readonly AccountPool _away = new();

    public int Count => _home.Count + _away.Count;

    /// <summary>The free slots of all; counting stops at <paramref name="most"/>.</summary>
    public int FreeSlots(int most) => _home.FreeSlots(most) is var home && home < most ? home + _away.FreeSlots(most - home) : most;

    /// <summary>Puts the view where it belongs: at home, away, or nowhere when it is not open.</summary>
    public void Update(AccountView view)
    {
        var pool = !view.IsOpen ? null : view.IsHome ? _home : _away;
        if (view.Pool == pool) return;
        view.Pool?.Remove(view);
        pool?.Add(view);
    }

    /// <summary>One of the accounts that fit, those at home first, among them each with the same chance; null when none does.</summary>
    public AccountView? Pick(Func<AccountView, bool> fits, IRandom random) => _home.Pick(fits, random) ?? _away.Pick(fits, random);
}
