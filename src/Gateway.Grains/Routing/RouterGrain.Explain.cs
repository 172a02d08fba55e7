using Gateway.Model;
using Gateway.Model.Accounts;
using Gateway.Model.Ids;
using Gateway.Model.Jobs;
using Gateway.Model.Kinds;

namespace Gateway.Grains.Routing;

// Who could take what, and why nobody does: questions that take nothing.
internal sealed partial class RouterGrain
{
    /// <summary>
    /// Whether some account looks free for a job of this work. When none does, the earliest timed refusal wakes whoever waits.
    /// </summary>
    /// <param name="work">The work.</param>
    /// <param name="except">An account that does not count.</param>
    public bool CanServeNow(Work work, AccountId? except = null) => CanServeNow(new RouteRequest(work, Job: default(JobId)), except);

    /// <inheritdoc cref="CanServeNow(Work, AccountId?)"/>
    public bool CanServeNow(RouteRequest request, AccountId? except = null)
    {
        if (IsOpenFor(request, except)) return true;
        WhyNot(request);
        return false;
    }

    /// <summary>Like <see cref="CanServeNow(RouteRequest, AccountId?)"/>, for who does not wait for the answer to change.</summary>
    public bool IsOpenFor(RouteRequest request) => IsOpenFor(request, except: null);

    private bool IsOpenFor(RouteRequest request, AccountId? except)
    {
        var look = new AccountLook(request, except is { } account ? [account] : [], time.GetUtcNow());
        lock (_lock) return !IsShareUsed(request, look.Now) && _open.Pick(view => Fits(view, look), random) is not null;
    }

    /// <summary>Slots nobody has; counting stops at <paramref name="most"/>.</summary>
    public int FreeSlots(int most)
    {
        lock (_lock) return _open.FreeSlots(most);
    }

    /// <summary>Which limit of the team holds its work back; null for none, as far as this node knows.</summary>
    public NobodyFree? WhyTeamWaits(TeamId? team) =>
        team is { } known && teams.WhyClosed(known) is { } refusal ? NobodyFree.AtLimit(time.GetUtcNow(), refusal) : null;

    /// <summary>Why work of this kind finds nobody now.</summary>
    public NobodyFree WhyNot(Work work) => WhyNot(new RouteRequest(work));

    /// <summary>Why this request finds nobody now: one look, whatever it is told for.</summary>
    public NobodyFree WhyNot(RouteRequest request)
    {
        var look = new NobodyLook(time.GetUtcNow());
        lock (_lock)
        {
            if (WhyShareIsUsed(request, look.Now) is { } used) return used;
            foreach (var view in _views.Values)
                if (Concerns(view.State, request) && Refuse(view, request, look.Now) is { } refusal) look.Hear(refusal, view.State.ProbeAt);
        }

        notifier.WakeAt(look.Until);
        return look.Answer();
    }

    /// <summary>
    /// Like <see cref="WhyNot(RouteRequest)"/>, once what this node's calls have just learned is committed and the store was looked at.
    /// </summary>
    public async Task<NobodyFree> WhyNotAsync(RouteRequest request, CancellationToken cancellationToken)
    {
        await VerifyAsync(cancellationToken);
        return WhyNot(request);
    }

    /// <summary>Whether any configured account could ever serve the work (J6); null when one could.</summary>
    public NeverServed? CanNeverServe(Work work)
    {
        lock (_lock)
        {
            // The first able account ends the look: asked with every call, it must not cost more with more accounts.
            foreach (var view in _views.Values)
                if (Concerns(view.State, work) && view.State.ServesModel(work.Model) && !IsBeyondBudget(view.State, work)) return null;
            return new NeverServed(WhyNever(work));
        }
    }

    /// <summary>
    /// Like <see cref="CanNeverServe"/>, but a no is said after a look at the store alone: it is final for the caller, and the account it
    /// misses may have been added at another node a moment ago.
    /// </summary>
    public async Task<NeverServed?> CanNeverServeAsync(Work work, CancellationToken cancellationToken)
    {
        if (CanNeverServe(work) is null) return null;
        await VerifyAsync(cancellationToken);
        return CanNeverServe(work);
    }

    /// <summary>
    /// Whether an account is none any more. Said after a look at the store alone: one added at another node may not be in the view yet.
    /// </summary>
    public async Task<bool> IsGoneAsync(AccountId id, CancellationToken cancellationToken)
    {
        if (Find(id) is { Deleted: false }) return false;
        await RefreshAsync([id], cancellationToken);
        return Find(id) is not { Deleted: false };
    }

    /// <summary>What each account that concerns the work would say to it now.</summary>
    public IReadOnlyList<AccountExplanation> Survey(RouteRequest request)
    {
        var now = time.GetUtcNow();
        lock (_lock)
            return [.. _views.Values.Where(view => Concerns(view.State, request.Work)).OrderBy(view => view.State.Id)
                .Select(
                    view =>
                        new AccountExplanation(
                            view.State.Id, Refuse(view, request, now), terms.Ceiling(view.State, request.Work), view.State.MaxJobs))];
    }

    /// <summary>Like <see cref="Survey"/>, after a look at the store: it is true on every node then.</summary>
    public async Task<IReadOnlyList<AccountExplanation>> SurveyStoreAsync(RouteRequest request, CancellationToken cancellationToken)
    {
        await VerifyAsync(cancellationToken);
        return Survey(request);
    }

    /// <summary>Whether this account could serve the work, now or once a slot, a credit or a pause is over.</summary>
    public bool CouldServe(AccountId id, Work work)
    {
        lock (_lock) return _views.TryGetValue(id, out var view) && IsAble(view, work, time.GetUtcNow());
    }

    /// <summary>
    /// Any account that could serve the work, each with the same chance: for what takes no slot. Null when there is none.
    /// </summary>
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

    /// <summary>Like <see cref="PickAble"/>; before nobody is said to be able, the store is looked at (Q4).</summary>
    public async Task<AccountState?> PickAbleAsync(Work work, CancellationToken cancellationToken)
    {
        if (PickAble(work) is { } account) return account;
        await VerifyAsync(cancellationToken);
        return PickAble(work);
    }

    private bool IsAble(AccountView view, Work work, DateTimeOffset now) =>
        Concerns(view.State, work) && view.State.RefuseAtAll(work, terms.Limits[work.Kind], now) is null &&
        view.State.Health.BlockedUntil(work.Model, now) is null && view.State.Health.OperationBlockedUntil(work, now) is null;

    private bool IsBeyondBudget(AccountState account, Work work) => terms.Ceiling(account, work) > account.DailyCredits;

    private string WhyNever(Work work)
    {
        var known = _views.Values.Select(view => view.State).Where(account => account.StandsForItself).ToList();
        if (known.Count == 0) return "There is no account. An admin adds one with POST /v1/minimax/accounts.";
        if (work.Pinned is { } pinned && known.TrueForAll(account => account.Id != pinned)) return "The pinned account does not exist.";
        if (known.Exists(account => Concerns(account, work) && account.ServesModel(work.Model)))
            return "It may cost more credits than any account that serves it has for a whole day.";
        var able = known.Where(account => Concerns(account, work)).ToList();
        return able.Count > 0
            ? $"Every account able to serve kind '{work.Kind.Name}' has a model list without " +
                $"'{work.Model}'.{NearName.Question(work.Model ?? "", able.SelectMany(account => account.Models ?? []))}"
            : $"No account has an enabled driver for kind '{work.Kind.Name}'.";
    }
}
