using Gateway.Engine.Notifiers;
using Gateway.Engine.Storage;
using Gateway.Engine.Teams;
using Gateway.Engine.Turns;
using Gateway.Engine.Upstreams;
using Gateway.Model.Accounts;
using Gateway.Model.Ids;
using Gateway.Model.Kinds;
using Gateway.Model.Queueing;

namespace Gateway.Grains.Routing;

/// <summary>
/// Picks accounts: uniformly at random among those with free capacity, those homed here first (Q6). One per node, no row: the accounts are the
/// authority. Its view is fed by every commit of this node and re-read before it says that nobody is free (Q4).
/// </summary>
internal sealed partial class RouterGrain(
    BatchRunner runner,
    IQueryStore queries,
    IUpstreamRegistry upstreams,
    PriceTable prices,
    PaceTable paces,
    KindLimits limits,
    SlotNotifier signal,
    OverloadBreakers overloads,
    Homes homes,
    TeamLimitsView teams,
    FairnessOptions fairness,
    IRandom random,
    TimeProvider time) : IBatchObserver
{
    // Another node's batch takes milliseconds.
    private static readonly TimeSpan ContentionPause = TimeSpan.FromMilliseconds(50);

    private readonly Lock _lock = new();

    /// <summary>
    /// Finds an account that takes the work. <paramref name="take"/> runs the turn that decides; its refusal sends the
    /// router to another account.
    /// </summary>
    /// <returns>Null when an account took it, else why nobody did.</returns>
    public async Task<NobodyFree?> RouteAsync(RouteRequest request, Func<AccountState, LeaseRequest, Task<Refusal?>> take, CancellationToken cancellationToken)
    {
        if (await TryAllAsync(request, take)) return null;
        if (WhyTeamWaits(request.Team) is { } limit) return limit; // the store said so
        await VerifyAsync(cancellationToken);
        return await TryAllAsync(request, take, isPatient: true) ? null : WhyTeamWaits(request.Team) ?? WhyNot(request);
    }

    /// <summary>Like <see cref="RouteAsync"/>, from this node's view alone: for who will look again anyway.</summary>
    public Task<bool> TryRouteAsync(RouteRequest request, Func<AccountState, LeaseRequest, Task<Refusal?>> take) => TryAllAsync(request, take);

    // Each account is asked at most once per round: what it refused once it refuses again. Who is patient waits for an account
    // that another node holds; who is not is woken when it will be free.
    private async Task<bool> TryAllAsync(RouteRequest request, Func<AccountState, LeaseRequest, Task<Refusal?>> take, bool isPatient = false)
    {
        HashSet<AccountId> refused = [];
        while (Pick(request, refused) is var (view, lease))
        {
            var refusal = await TakeAsync(view, lease with { IsPatient = isPatient }, take);
            if (refusal is null) return true;
            if (refusal.IsOfTheTeam)
            {
                teams.Close(request.Team!.Value, refusal);
                signal.WakeAt(refusal.Until);
                return false;
            }

            refused.Add(view.State.Id);
            signal.WakeAt(refusal.Reason == RefusalReason.Contended ? time.GetUtcNow() + ContentionPause : refusal.Until);
        }

        return false;
    }

    private async Task<Refusal?> TakeAsync(AccountView view, LeaseRequest lease, Func<AccountState, LeaseRequest, Task<Refusal?>> take)
    {
        var isTaken = false;
        try
        {
            var refusal = await take(view.State, lease);
            isTaken = refusal is null;
            if (!isTaken) MarkStale([view.State.Id]); // it looked free from here
            return refusal;
        }
        finally
        {
            if (!isTaken) overloads.Leave(lease.Id);
            lock (_lock)
            {
                view.Hear(lease.Id);
                _open.Update(view);
            }
        }
    }

    private (AccountView View, LeaseRequest Lease)? Pick(RouteRequest request, HashSet<AccountId> refused)
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
                var lease = LeaseOf(request, view.State) with { Id = LeaseId.New(), Team = Limited(request.Team) };
                view.Ask(lease);
                _open.Update(view);
                overloads.Send(view.State, request.Work, request.Team, lease.Id);
                return (view, lease);
            }
        }

        // Whoever waits now waits for an instant as well: what an account with a free slot named.
        signal.WakeAt(look.Until);
        return null;
    }

    private TeamId? Limited(TeamId? team) => team is { } known && teams.Find(known).BoundLeases ? team : null;

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
        view.Refuse(LeaseOf(request, view.State), limits, now) ?? overloads.Refuse(view.State, request.Work, request.Team, now);

    private bool Concerns(AccountState account, RouteRequest request) => !request.Except.Contains(account.Id) && Concerns(account, request.Work);

    private bool Concerns(AccountState account, Work work) =>
        account.StandsForItself && (work.Pinned is not { } pinned || pinned == account.Id || IsNameOf(pinned, account.Id)) && upstreams.Serves(account, work);

    // What was pinned to an id before that became another account's name runs there.
    private bool IsNameOf(AccountId name, AccountId account) => _views.GetValueOrDefault(name)?.State is { Deleted: false, SharesWith: { } first } && first == account;

    // Without an id: most are only asked whether they would fit.
    private LeaseRequest LeaseOf(RouteRequest request, AccountState account) =>
        new(default, runner.Owner, request.Work, prices.Ceiling(account.Driver, request.Work), request.Job, request.Attempt, request.MaxJobs, paces.Of(account.Driver, request.Work), Holder: request.Team);
}
