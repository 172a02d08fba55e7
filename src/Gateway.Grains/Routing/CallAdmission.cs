using Gateway.Engine.Turns;
using Gateway.Grains.Accounts;
using Gateway.Model.Accounts;
using Gateway.Model.Ids;

namespace Gateway.Grains.Routing;

/// <summary>
/// Lets calls in: takes a slot, or lines up in the <see cref="Backlog"/>, where the dispatcher serves calls and jobs in one
/// order (Q3) and hands the slot over. A slot handed to a caller who has left goes back at once.
/// </summary>
internal sealed class CallAdmission(
    RouterGrain router, AccountGrain accounts, LiveOperations live, Backlog backlog, QueueHolds holds, QueueOrder order,
    WaitingPlaces places, TimeProvider time)
{
    public int Waiting => backlog.CallsWaiting;

    /// <summary>Takes a slot, waiting up to <paramref name="patience"/>. Answers the slot, or why there is none.</summary>
    public async Task<(CallSlot? Slot, NobodyFree? Nobody)> EnterAsync(
        RouteRequest request, TeamId team, TimeSpan patience, CancellationToken cancellationToken)
    {
        var call = new WaitingCall(request with { Team = team }, team, time.GetUtcNow());
        // Who comes while others wait for what is free lines up with them; who does not want to wait may only take what nobody waits for.
        if (!backlog.AreOthersBefore(request.Work, holds.Hold, holds.HoldCalls, router.IsOpenFor))
        {
            var (slot, nobody) = await TryAsync(call, asksStore: true, cancellationToken);
            if (slot is not null || patience <= TimeSpan.Zero) return (slot, nobody);
        }

        if (patience <= TimeSpan.Zero) return (null, WhyNot(call.Request));
        var (most, mostOfTeam) = (places.All, places.OfTeam);
        if (backlog.Join(call, most, mostOfTeam)) return await WaitAsync(call, patience, cancellationToken);
        var waiting = backlog.CallsWaitingOf(team);
        return (
            null,
            waiting < mostOfTeam
                ? WhyNot(call.Request)
                : WhyNot(call.Request) with { Share = new TeamShare(Shared.WaitingCalls, waiting, mostOfTeam, most) });
    }

    /// <summary>
    /// Takes a slot for a call that waits, from this node's view, and hands it over. False when there was none to be had.
    /// </summary>
    public async Task<bool> ServeAsync(WaitingCall call, CancellationToken cancellationToken)
    {
        if (call.IsOver) return false;
        try
        {
            var (slot, _) = await TryAsync(call, asksStore: false, cancellationToken);
            if (slot is null) return false;
            if (!call.Grant(slot)) slot.Release(new Settlement.NotSent());
        }
        catch (StoreUnavailableException lost)
        {
            call.Fail(lost);
        }

        backlog.Leave(call);
        return true;
    }

    private async Task<(CallSlot? Slot, NobodyFree? Nobody)> WaitAsync(
        WaitingCall call, TimeSpan patience, CancellationToken cancellationToken)
    {
        try
        {
            return (await call.Granted.WaitAsync(patience, time, cancellationToken), null);
        }
        catch (TimeoutException)
        {
            // Granted in the very last moment is granted.
            return call.GiveUp() ? (null, WhyNot(call.Request)) : (await call.Granted, null);
        }
        catch (OperationCanceledException)
        {
            if (!call.GiveUp()) (await call.Granted).Release(new Settlement.NotSent());
            throw;
        }
        finally
        {
            backlog.Leave(call);
        }
    }

    // What looks free is somebody's who waited before.
    private NobodyFree WhyNot(RouteRequest request) =>
        router.WhyTeamWaits(request.Team) ?? (router.WhyNot(request) is { Reasons.Count: > 0 } nobody ? nobody : NobodyFree.OthersWait);

    private async Task<(CallSlot? Slot, NobodyFree? Nobody)> TryAsync(WaitingCall call, bool asksStore, CancellationToken cancellationToken)
    {
        var walk = router.Walk(call.Request, asksStore);
        while (await walk.NextAsync(cancellationToken) is { } next)
        {
            using var offer = next;
            var answer = await accounts.AcquireAsync(offer.Account.Id, offer.Lease, cancellationToken);
            if (answer.Lease is not { } lease)
            {
                offer.Refuse(answer.Refusal!);
                continue;
            }

            offer.Take();
            order.Serve(call.Queue, call.Request.Work, time.GetUtcNow());
            return (new CallSlot(answer.Account!, lease, accounts, live), null);
        }

        return (null, walk.Nobody);
    }
}
