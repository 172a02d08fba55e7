using Gateway.Grains.Accounts;
using Gateway.Grains.Jobs;
using Gateway.Grains.Storage;
using Gateway.Grains.Teams;
using Gateway.Grains.Turns;
using Gateway.Grains.Upstreams;

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
    SlotSignal signal,
    OverloadBreakers overloads,
    Homes homes,
    TeamLimitsView teams,
    IRandom random,
    TimeProvider time) : IBatchObserver
{
    // Another node's batch takes milliseconds.
    private static readonly TimeSpan ContentionPause = TimeSpan.FromMilliseconds(50);

    private readonly Lock _lock = new();
    private readonly Dictionary<AccountId, AccountView> _views = [];
    private readonly OpenAccounts _open = new();
    private Task? _verifying;

    /// <summary>Reads all accounts; at start and when somebody else may have changed them.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        SeeAll(await queries.AccountsAsync(cancellationToken));
    }

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
    }

    /// <summary>The account as last seen; null when unknown. A tombstone is returned: its leases still run.</summary>
    public AccountState? Find(AccountId id)
    {
        lock (_lock) return _views.GetValueOrDefault(id)?.State;
    }

    /// <summary>All accounts as last seen, tombstones included.</summary>
    public IReadOnlyList<AccountState> All()
    {
        lock (_lock) return [.. _views.Values.Select(view => view.State)];
    }

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
        return await TryAllAsync(request, take, isPatient: true) ? null : WhyTeamWaits(request.Team) ?? WhyNot(request.Work);
    }

    /// <summary>Like <see cref="RouteAsync"/>, from this node's view alone: for who will look again anyway.</summary>
    public Task<bool> TryRouteAsync(RouteRequest request, Func<AccountState, LeaseRequest, Task<Refusal?>> take) => TryAllAsync(request, take);

    /// <summary>Whether some account looks free for a job of this work. When none does, the earliest timed refusal wakes whoever waits.</summary>
    /// <param name="work">The work.</param>
    /// <param name="except">An account that does not count.</param>
    public bool CanServeNow(Work work, AccountId? except = null) => CanServeNow(new RouteRequest(work, Job: default(JobId)), except);

    /// <inheritdoc cref="CanServeNow(Work, AccountId?)"/>
    public bool CanServeNow(RouteRequest request, AccountId? except = null)
    {
        if (IsOpenFor(request, except)) return true;
        WhyNot(request.Work);
        return false;
    }

    /// <summary>Like <see cref="CanServeNow(RouteRequest, AccountId?)"/>, for who does not wait for the answer to change.</summary>
    public bool IsOpenFor(RouteRequest request) => IsOpenFor(request, except: null);

    private bool IsOpenFor(RouteRequest request, AccountId? except)
    {
        var look = new AccountLook(request, except is { } account ? [account] : [], time.GetUtcNow());
        lock (_lock) return _open.Pick(view => Fits(view, look), random) is not null;
    }

    /// <summary>Slots nobody has; counting stops at <paramref name="most"/>.</summary>
    public int FreeSlots(int most)
    {
        lock (_lock) return _open.FreeSlots(most);
    }

    /// <summary>Which limit of the team holds its work back; null for none, as far as this node knows.</summary>
    public NobodyFree? WhyTeamWaits(TeamId? team) => team is { } known && teams.WhyClosed(known) is { } refusal ? NobodyFree.AtLimit(refusal) : null;

    /// <summary>Why work of this kind finds nobody now.</summary>
    public NobodyFree WhyNot(Work work)
    {
        var now = time.GetUtcNow();
        var request = new RouteRequest(work);
        var reasons = new Dictionary<RefusalReason, int>();
        DateTimeOffset? until = null;
        lock (_lock)
        {
            foreach (var view in _views.Values)
            {
                if (!Concerns(view.State, work) || Refuse(view, request, now) is not { } refusal) continue;
                reasons[refusal.Reason] = reasons.GetValueOrDefault(refusal.Reason) + 1;
                if (refusal.Until is { } end && !(until < end)) until = end;
            }
        }

        signal.WakeAt(until);
        return new NobodyFree(reasons, until);
    }

    /// <summary>Whether any configured account could ever serve the work (J6); null when one could.</summary>
    public NeverServed? CanNeverServe(Work work)
    {
        lock (_lock)
        {
            // The first able account ends the look: asked with every call, it must not cost more with more accounts.
            foreach (var view in _views.Values)
                if (Concerns(view.State, work) && view.State.ServesModel(work.Model)) return null;
            return new NeverServed(WhyNever(work));
        }
    }

    /// <summary>What each account that concerns the work would say to it now.</summary>
    public IReadOnlyList<AccountOutlook> Survey(RouteRequest request)
    {
        var now = time.GetUtcNow();
        lock (_lock)
            return [.. _views.Values.Where(view => Concerns(view.State, request.Work)).OrderBy(view => view.State.Id)
                .Select(view => new AccountOutlook(view.State.Id, Refuse(view, request, now), prices.Ceiling(view.State.Driver, request.Work), view.State.MaxJobs))];
    }

    /// <summary>Whether this account could serve the work, now or once a slot, a credit or a pause is over.</summary>
    public bool CouldServe(AccountId id, Work work)
    {
        lock (_lock) return _views.TryGetValue(id, out var view) && IsAble(view, work, time.GetUtcNow());
    }

    /// <summary>Any account that could serve the work, each with the same chance: for what takes no slot. Null when there is none.</summary>
    /// <param name="work">The work.</param>
    /// <param name="except">An account that does not count.</param>
    public AccountState? PickAble(Work work, AccountId? except = null)
    {
        var now = time.GetUtcNow();
        lock (_lock)
        {
            AccountState? choice = null;
            var seen = 0;
            foreach (var view in _views.Values)
                if (view.State.Id != except && IsAble(view, work, now) && random.Next(++seen) == 0) choice = view.State;
            return choice;
        }
    }

    private bool IsAble(AccountView view, Work work, DateTimeOffset now) =>
        Concerns(view.State, work) && view.State.RefuseAtAll(work, limits[work.Kind], now) is null &&
        view.State.Health.BlockedUntil(work.Model, now) is null && view.State.Health.OperationBlockedUntil(work, now) is null;

    private string WhyNever(Work work)
    {
        var accounts = _views.Values.Select(view => view.State).Where(account => !account.Deleted).ToList();
        if (accounts.Count == 0) return "There is no account. An admin adds one with POST /v1/minimax/accounts.";
        if (work.Pinned is { } pinned && accounts.TrueForAll(account => account.Id != pinned)) return "The pinned account does not exist.";
        return accounts.Exists(account => Concerns(account, work))
            ? $"Every account able to serve kind '{work.Kind.Name}' has a model list without '{work.Model}'."
            : $"No account has an enabled driver for kind '{work.Kind.Name}'.";
    }

    // Without an id: most are only asked whether they would fit.
    private LeaseRequest LeaseOf(RouteRequest request, AccountState account) =>
        new(default, runner.Owner, request.Work, prices.Ceiling(account.Driver, request.Work), request.Job, request.Attempt, request.MaxJobs, paces.Of(account.Driver, request.Work));

    void IBatchObserver.Committed(BatchCommit commit)
    {
        SeeAll(commit.Accounts);
        if (commit.ReleasedBy.Count > 0) signal.Pulse();
    }

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

    private Refusal? Refuse(AccountView view, RouteRequest request, DateTimeOffset now) =>
        view.Refuse(LeaseOf(request, view.State), limits, now) ?? overloads.Refuse(view.State, request.Work, now);

    private async Task<Refusal?> TakeAsync(AccountView view, LeaseRequest lease, Func<AccountState, LeaseRequest, Task<Refusal?>> take)
    {
        var isTaken = false;
        try
        {
            var refusal = await take(view.State, lease);
            isTaken = refusal is null;
            if (!isTaken) Doubt([view.State.Id]); // it looked free from here
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
            // Accounts that refused this very work before come last, not never: first those that are merely full are waited for.
            var view = _open.Pick(view => Fits(view, look) && !request.Avoid.Contains(view.State.Id), random)
                ?? (request.Avoid.Count == 0 || IsAnotherBusy(request, look.Now) ? null : _open.Pick(view => Fits(view, look), random));
            if (view is not null)
            {
                var lease = LeaseOf(request, view.State) with { Id = LeaseId.New(), Team = Limited(request.Team) };
                view.Ask(lease.Id);
                _open.Update(view);
                overloads.Send(view.State, request.Work, lease.Id);
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
        if (!Concerns(view.State, look.Request.Work) || look.Refused.Contains(view.State.Id)) return false;
        if (Refuse(view, look.Request, look.Now) is not { } refusal) return true;
        look.Hear(refusal);
        return false;
    }

    private bool IsAnotherBusy(RouteRequest request, DateTimeOffset now)
    {
        foreach (var view in _views.Values)
            if (!request.Avoid.Contains(view.State.Id) && Concerns(view.State, request.Work) &&
                Refuse(view, request, now)?.Reason is RefusalReason.NoFreeSlot or RefusalReason.Paced) return true;
        return false;
    }

    private bool Concerns(AccountState account, Work work) =>
        !account.Deleted && (work.Pinned is null || work.Pinned == account.Id) && upstreams.Serves(account, work);

    private void SeeAll(IReadOnlyCollection<AccountState> accounts)
    {
        var now = time.GetUtcNow();
        var mayHelp = false;
        lock (_lock)
        {
            foreach (var account in accounts) mayHelp |= See(account);
        }

        foreach (var account in accounts)
            if (account.Health.CoolingUntil(now) is { } until) signal.WakeAt(until);
        if (mayHelp) signal.Pulse();
    }

    // Whether somebody who waits should look again: not after a mere acquire, which only took something away.
    private bool See(AccountState account)
    {
        var isNew = !_views.TryGetValue(account.Id, out var view);
        if (view is null) _views[account.Id] = view = new AccountView(account) { IsHome = homes.Has(account.Id) };
        var before = view.State;
        view.See(account);
        _open.Update(view);
        return view.IsOpen && (isNew || (view.State != before && view.State.Leases.Length <= before.Leases.Length));
    }

    // Single flight: whoever asks while a look is under way shares its answer (Q4).
    private async Task VerifyAsync(CancellationToken cancellationToken)
    {
        Task verifying;
        lock (_lock) verifying = _verifying ??= VerifyOnceAsync();
        await verifying.WaitAsync(cancellationToken);
    }

    private async Task VerifyOnceAsync()
    {
        await Task.Yield();
        try
        {
            // Releases this node has queued but not committed count as free: wait for them first.
            await runner.RunAsync(new BarrierTurn(), CancellationToken.None);
            await RefreshAsync(CancellationToken.None);
        }
        finally
        {
            lock (_lock) _verifying = null;
        }
    }

    /// <summary>Ends when every obligation queued before it is committed.</summary>
    private sealed class BarrierTurn : Turn<bool>
    {
        public override TurnClass Class => TurnClass.Obligation;

        protected override bool Run(TurnScope scope) => true;
    }
}
