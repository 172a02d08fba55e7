using Gateway.Model.Accounts;
using Gateway.Model.Ids;
using Gateway.Model.Kinds;

namespace Gateway.Grains.Routing;

// What one team may hold of the slots that all share.
internal sealed partial class RouterGrain
{
    /// <summary>How long a pool that was counted counts: tokens expire without anybody saying so.</summary>
    private static readonly TimeSpan PoolAge = TimeSpan.FromSeconds(1);

    /// <summary>Models are the callers' words; nobody uses so many.</summary>
    private const int MostPools = 1000;

    private readonly Dictionary<Pool, (int Slots, DateTimeOffset At)> _pools = [];

    private readonly record struct Pool(JobKind Kind, string? Model, AccountId? Pinned, WorkOperation Operation);

    /// <summary>
    /// Whether the team holds its share of the slots that could serve this work, or more. It binds while others wait: they go first
    /// (<see cref="QueueOrder"/>).
    /// </summary>
    public TeamShare? HoldsShare(Work work, TeamId team)
    {
        var share = teams.Slots;
        if (share >= 1) return null;
        lock (_lock)
        {
            var slots = SlotsFor(work, time.GetUtcNow());
            var most = TeamShare.MostOf(share, slots);
            return _slots.Of(team).Held >= most && HeldOf(team, work).Held is var held && held >= most
                ? new TeamShare(Shared.Slots, held, most, slots)
                : null;
        }
    }

    /// <summary>Why the team may start no further job of this work now, though an account be free; null when it may.</summary>
    public TeamShare? ShareUsed(Work work, TeamId team)
    {
        lock (_lock) return UsedShare(work, team, time.GetUtcNow());
    }

    /// <summary>The same, for who waits for the answer to change.</summary>
    public bool WaitsForShare(Work work, TeamId team)
    {
        lock (_lock) return IsShareUsed(new RouteRequest(work, Job: default(JobId)) { Team = team }, time.GetUtcNow());
    }

    private NobodyFree? WhyShareIsUsed(RouteRequest request, DateTimeOffset now) =>
        request is { Job: not null, Team: { } team } && UsedShare(request.Work, team, now) is { } share
            ? NobodyFree.AtShare(now, share)
            : null;

    // Calls end with their callers; a job's request without an answer may keep its slot to the hard end, with nobody waiting for it.
    private bool IsShareUsed(RouteRequest request, DateTimeOffset now)
    {
        if (request is not { Job: not null, Team: { } team } || UsedShare(request.Work, team, now) is null) return false;
        _slots.Wait(team);
        return true;
    }

    // This node's own are counted exactly; what others sent shows up with the next look at the store. So each may send its part, and nobody
    // more than is seen to be left.
    private TeamShare? UsedShare(Work work, TeamId team, DateTimeOffset now)
    {
        var total = _slots.Of(team);
        if (total.Unanswered == 0 || teams.UnansweredSlots >= 1) return null; // nearly always
        var slots = SlotsFor(work, now);
        var most = TeamShare.MostOf(teams.UnansweredSlots, slots);
        var part = TeamShare.PartOf(most, homes.Members.Count);
        if (total.Unanswered < most && total.Own < part) return null;
        var held = HeldOf(team, work);
        return held.Unanswered < most && held.Own < part ? null : new TeamShare(Shared.UnansweredSlots, held.Unanswered, most, slots);
    }

    private SlotCount HeldOf(TeamId team, Work work)
    {
        var now = time.GetUtcNow();
        var held = default(SlotCount);
        foreach (var (account, count) in _slots.ByAccount(team))
            if (_views.TryGetValue(account, out var view) && IsOfPool(view.State, work, now)) held += count;
        return held;
    }

    private int SlotsFor(Work work, DateTimeOffset now)
    {
        var pool = new Pool(work.Kind, work.Model, work.Pinned, work.Operation);
        if (_pools.TryGetValue(pool, out var counted) && now - counted.At < PoolAge && now >= counted.At) return counted.Slots;
        var slots = 0;
        foreach (var view in _views.Values)
            if (IsOfPool(view.State, work, now)) slots += view.State.MaxJobs;
        if (_pools.Count >= MostPools) _pools.Clear();
        _pools[pool] = (slots, now);
        return slots;
    }

    private bool IsOfPool(AccountState account, Work work, DateTimeOffset now) =>
        Concerns(account, work) && account.RefuseAtAll(work, terms.Limits[work.Kind], now) is null;

    private static bool IsAnotherPool(AccountState before, AccountState after) =>
        before.MaxJobs != after.MaxJobs
            || before.Enabled != after.Enabled
            || before.Draining != after.Draining
            || before.StandsForItself != after.StandsForItself
        || before.Health.IsParked != after.Health.IsParked
            || before.TokenExpiresAt != after.TokenExpiresAt
            || before.Models != after.Models;
}
