using Gateway.Model.Accounts;

namespace Gateway.Grains.Routing;

/// <summary>
/// An account that looks free for a request, and the lease to ask of it: it counts as taken on this node until it is disposed. Whoever
/// gets it asks in a turn of its own, and says whether the lease is held or was refused; what is neither is let go.
/// </summary>
internal sealed class Offer(AccountState account, LeaseRequest lease, RouteWalk walk) : IDisposable
{
    private bool _isTaken;

    public AccountState Account => account;

    public LeaseRequest Lease => lease;

    /// <summary>The account has granted the lease, and whoever works on it holds it from here.</summary>
    public void Take() => _isTaken = true;

    /// <summary>The account has refused; the next offer is another.</summary>
    public void Refuse(Refusal refusal) => walk.Refused(this, refusal);

    public void Dispose() => walk.Over(this, _isTaken);
}
