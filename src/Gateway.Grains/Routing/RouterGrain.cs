using Gateway.Engine.Notifiers;
using Gateway.Engine.Turns;
using Gateway.Model.Accounts;
using Gateway.Model.Ids;
using Gateway.Model.Kinds;
using Gateway.Model.Queueing;

namespace Gateway.Grains.Routing;

/// <summary>
/// Picks accounts: uniformly at random among those with free capacity, those homed here first (Q6). One per node, no row: the accounts are
/// the authority. Its view is fed by every commit of this node and re-read before it says that nobody is free (Q4).
/// </summary>
internal sealed partial class RouterGrain(
    StoredAccounts accounts, WorkTerms terms, SlotNotifier notifier, LiveOperations live, Homes homes, TeamShares teams, IRandom random,
    TimeProvider time) : IBatchObserver
{
    // Another node's batch takes milliseconds.
    private static readonly TimeSpan ContentionPause = TimeSpan.FromMilliseconds(50);

    private readonly Lock _lock = new();

    /// <summary>Finds accounts for a request, one after the other; <see cref="RouteWalk"/> has the rest.</summary>
    public RouteWalk Walk(RouteRequest request, bool asksStore) => new(this, request, asksStore);

    /// <summary>An account that looks free, counted as taken from here on; null when there is none.</summary>
    internal (AccountState Account, LeaseRequest Lease)? Pick(RouteRequest request, HashSet<AccountId> refused)
    {
        var look = new AccountLook(request, refused, time.GetUtcNow());
        lock (_lock)
        {
            if (IsShareUsed(request, look.Now)) return null;
            // Accounts that refused this very work before come last, not never: first those that are merely full are waited for.
            var view = _open.Pick(view => Fits(view, look) && !request.Avoid.Contains(view.State.Id), random)
                ?? (request.Avoid.Count == 0 || IsAnotherBusy(request, look.Now) ? null : _open.Pick(view => Fits(view, look), random));
            if (view is not null)
            {
                var lease = LeaseOf(request, view.State) with { Id = LeaseId.New(), Team = teams.Bound(request.Team) };
                view.Ask(lease);
                _open.Update(view);
                live.Begin(view.State, request.Work, request.Team, lease.Id);
                return (view.State, lease);
            }
        }

        // Whoever waits now waits for an instant as well: what an account with a free slot named.
        notifier.WakeAt(look.Until);
        return null;
    }

    /// <summary>An account refused what it was asked: it looked free from here.</summary>
    internal void Hear(RouteRequest request, Offer offer, Refusal refusal)
    {
        MarkStale([offer.Account.Id]);
        if (refusal.IsOfTheTeam) teams.Close(request.Team!.Value, refusal);
        notifier.WakeAt(refusal.Reason == RefusalReason.Contended ? time.GetUtcNow() + ContentionPause : refusal.Until);
    }

    /// <summary>An account that was picked has answered, or nobody asks it any more.</summary>
    internal void End(Offer offer, bool isTaken)
    {
        if (!isTaken) live.Leave(offer.Lease.Id);
        lock (_lock)
        {
            if (!_views.TryGetValue(offer.Account.Id, out var view)) return;
            view.Hear(offer.Lease.Id);
            _open.Update(view);
        }
    }

    private bool Fits(AccountView view, AccountLook look)
    {
        if (!Concerns(view.State, look.Request) || look.Refused.Contains(view.State.Id)) return false;
        if (Refuse(view, look.Request, look.Now) is not { } refusal) return true;
        look.Hear(refusal);
        return false;
    }

    private bool IsAnotherBusy(RouteRequest request, DateTimeOffset now)
    {
        foreach (var view in _views.Values)
            if (!request.Avoid.Contains(view.State.Id) && Concerns(view.State, request) &&
                Refuse(view, request, now)?.Reason is RefusalReason.NoFreeSlot or RefusalReason.Paced) return true;
        return false;
    }

    private Refusal? Refuse(AccountView view, RouteRequest request, DateTimeOffset now) =>
        view.Refuse(LeaseOf(request, view.State), terms.Limits, now) ?? live.Refuse(view.State, request.Work, request.Team, now);

    private bool Concerns(AccountState account, RouteRequest request) =>
        !request.Except.Contains(account.Id) && Concerns(account, request.Work);

    private bool Concerns(AccountState account, Work work) =>
        account.StandsForItself
            && (work.Pinned is not { } pinned || pinned == account.Id || IsNameOf(pinned, account.Id))
            && terms.Serves(account, work);

    // What was pinned to an id before that became another account's name runs there.
    private bool IsNameOf(AccountId name, AccountId account) =>
        _views.GetValueOrDefault(name)?.State is { Deleted: false, SharesWith: { } first } && first == account;

    // Without an id: most are only asked whether they would fit.
    private LeaseRequest LeaseOf(RouteRequest request, AccountState account) =>
        new(
            default, accounts.Owner, request.Work, terms.Ceiling(account, request.Work), request.Job, request.Attempt, request.MaxJobs,
            terms.Pace(account, request.Work), Holder: request.Team);
}
