using Gateway.Model.Accounts;
using Gateway.Model.Ids;

namespace Gateway.Grains.Routing;

/// <summary>
/// One account after the other that looks free for a request, until one takes it. Each is asked at most once a round: what it refused
/// once it refuses again.
/// </summary>
/// <param name="router">Who picks.</param>
/// <param name="request">What is looked for.</param>
/// <param name="asksStore">
/// Before nobody is said to be free the store is looked at (Q4), and an account that another node holds is waited for. Without, this node's
/// view is enough: for who will look again anyway, and is woken when an account will be free.
/// </param>
internal sealed class RouteWalk(RouterGrain router, RouteRequest request, bool asksStore)
{
    private readonly HashSet<AccountId> _refused = [];
    private bool _hasAskedStore;
    private bool _isTeamClosed;

    /// <summary>Why there was no offer, or no further one; null without a look at the store.</summary>
    public NobodyFree? Nobody { get; private set; }

    /// <summary>The next account; null when there is none. Whoever gets it disposes it.</summary>
    public async ValueTask<Offer?> NextAsync(CancellationToken cancellationToken)
    {
        if (Pick() is { } offer) return offer;
        if (!asksStore) return null;
        if (!_hasAskedStore && await LookAgainAsync(cancellationToken) && Pick() is { } verified) return verified;

        Nobody ??= router.WhyTeamWaits(request.Team) ?? router.WhyNot(request);
        return null;
    }

    internal void Refused(Offer offer, Refusal refusal)
    {
        _refused.Add(offer.Account.Id);
        _isTeamClosed |= refusal.IsOfTheTeam;
        router.Hear(request, offer, refusal);
    }

    internal void Over(Offer offer, bool isTaken) => router.End(offer, isTaken);

    private Offer? Pick() =>
        !_isTeamClosed && router.Pick(request, _refused) is var (account, lease)
            ? new Offer(account, lease with { IsPatient = _hasAskedStore }, this)
            : null;

    /// <summary>False when there is nothing to look for: the store has said that the team is at a limit.</summary>
    private async Task<bool> LookAgainAsync(CancellationToken cancellationToken)
    {
        _hasAskedStore = true;
        Nobody = router.WhyTeamWaits(request.Team);
        if (Nobody is not null) return false;
        await router.VerifyAsync(cancellationToken);
        _refused.Clear();
        _isTeamClosed = false;
        return true;
    }
}
