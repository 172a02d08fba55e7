using Gateway.Api.Auth;
using Gateway.Api.Http;
using Gateway.Grains.Routing;
using Gateway.Model.Jobs;
using Gateway.Model.Kinds;
using Gateway.Model.Queueing;

namespace Gateway.Api.Calls;

/// <summary>Finds a call its slot: the first one, and after a failed try the next, within what the caller is willing to wait.</summary>
internal sealed class CallSlots(CallAdmission admission, RetryPause pause, IHostApplicationLifetime host)
{
    /// <summary>How long one call may wait for slots altogether.</summary>
    internal sealed class Wait(TimeSpan patience, TimeProvider time)
    {
        // Who does not want to wait for a slot still wants an answer: accounts that are free are asked, one after the other.
        private static readonly TimeSpan LeastWalk = TimeSpan.FromSeconds(30);

        private readonly long _started = time.GetTimestamp();

        public TimeSpan Left => patience - time.GetElapsedTime(_started);

        /// <summary>Whether no further account is asked.</summary>
        public bool IsOver => time.GetElapsedTime(_started) >= (patience > LeastWalk ? patience : LeastWalk);
    }

    /// <exception cref="ApiException">Nobody is free for as long as the caller waits.</exception>
    public async Task<CallSlot> FirstAsync(HttpContext context, Work work, Wait wait, CancellationToken cancellationToken)
    {
        var (slot, nobody) = await EnterAsync(context, new RouteRequest(work), wait.Left, cancellationToken);
        return slot ?? throw new ApiException(Busy.Error(nobody!));
    }

    /// <summary>The slot of the next try; null when what was answered last stands.</summary>
    public async Task<CallSlot?> NextAsync(HttpContext context, CallTries tries, Wait wait, CancellationToken cancellationToken)
    {
        var next = tries.Next();
        var slot = next is RetryDecision.Elsewhere or RetryDecision.ElsewhereElseHere
            ? await AnotherAsync(context, tries, wait, next, cancellationToken)
            : null;
        if (slot is not null || next is not (RetryDecision.Here or RetryDecision.ElsewhereElseHere)) return slot;

        await pause.WaitAsync(cancellationToken);
        return (await EnterAsync(context, new RouteRequest(tries.Work with { Pinned = tries.Last }), wait.Left, cancellationToken)).Slot;
    }

    private async Task<CallSlot?> AnotherAsync(
        HttpContext context, CallTries tries, Wait wait, RetryDecision next, CancellationToken cancellationToken)
    {
        if (wait.IsOver) return null;
        var request = new RouteRequest(tries.Work) { Except = tries.Tried };
        var (slot, nobody) = await EnterAsync(context, request, TimeSpan.Zero, cancellationToken);
        // Where the same account may do once more, nobody's rest is waited for.
        if (slot is not null || wait.Left <= TimeSpan.Zero || !nobody!.MayEndWithin(wait.Left, evenByRest: next == RetryDecision.Elsewhere))
            return slot;
        return (await EnterAsync(context, request, wait.Left, cancellationToken)).Slot;
    }

    // A stop ends the wait for a slot, but no call that has one.
    private async Task<(CallSlot? Slot, NobodyFree? Nobody)> EnterAsync(
        HttpContext context, RouteRequest request, TimeSpan patience, CancellationToken cancellationToken)
    {
        using var entering = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, host.ApplicationStopping);
        try
        {
            return await admission.EnterAsync(request, Caller.Of(context).Team, patience, entering.Token);
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            throw new ApiException(
                new ApiError(
                    503, "stopping", "This node of the gateway takes no calls now; send it again.", RetryAfter: TimeSpan.FromSeconds(1)));
        }
    }
}
