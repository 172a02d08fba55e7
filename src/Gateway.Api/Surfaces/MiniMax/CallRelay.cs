using Gateway.Api.Http;
using Gateway.Api.Surfaces.MiniMax.Affinity;
using Gateway.Grains.Accounts;
using Gateway.Grains.Jobs;
using Gateway.Grains.Routing;
using Gateway.Grains.Turns;
using Gateway.Grains.Upstreams;
using Gateway.Grains.Upstreams.Platform;

namespace Gateway.Api.Surfaces.MiniMax;

/// <summary>
/// Runs a native call: take a slot, forward, stream back as it arrives, release. Another account is tried only before the
/// first byte has reached the caller, and for what costs money only after a clear refusal (J10). A caller that leaves cancels the upstream's work and frees the slot.
/// </summary>
internal sealed class CallRelay(CallSlots slots, RouterGrain router, OverloadBreakers overloads, PlatformCalls calls, Credentials credentials, NodeLife life, TimeProvider time)
{
    private static readonly TimeSpan DefaultWait = TimeSpan.FromSeconds(30);

    /// <param name="context">The request to answer.</param>
    /// <param name="answer">What takes the answer to the caller.</param>
    /// <param name="placed">What it needs of an account, and what is sent.</param>
    /// <param name="headers">How long to wait for a slot.</param>
    /// <param name="note">Writes down what a good answer made, before the caller hears of it.</param>
    /// <param name="elsewhere">Places it anew where the account it was pinned to cannot serve it at all; null when there is no other.</param>
    public async Task RunAsync(
        HttpContext context, CallAnswer answer, Placement placed, SubmitHeaders headers, Func<AccountId, byte[], Task>? note = null, Func<AccountId, Task<Placement?>>? elsewhere = null)
    {
        var (work, body) = placed;
        if (await router.CanNeverServeAsync(work, context.RequestAborted) is { } never) throw new ApiException(new ApiError(422, "no_account_can_serve", never.Why, [new FieldError("model", "must be served by some account")]));

        // The gateway's own doubt about being alive ends a call like the caller's leaving does (L6).
        using var either = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, life.Proof);
        var wait = new CallSlots.Wait(headers.MayQueue ? headers.Wait ?? DefaultWait : TimeSpan.Zero, time);
        var tries = new CallTries(work);
        CallOutcome.Failed? last = null;
        for (var slot = await slots.FirstAsync(context, work, wait, either.Token); slot is not null; slot = await slots.NextAsync(context, tries, wait, either.Token))
        {
            last = await TryAsync(context, answer, slot, tries, body, note, either.Token);
            if (last is null) return;
            tries = tries.Add(slot.Account.Id, last.Error);
        }

        if (elsewhere is not null && work.Pinned is { } pinned && last!.Error.Class is ErrorClass.OperationUnavailable or ErrorClass.ModelUnavailable && await elsewhere(pinned) is { } moved)
        {
            await RunAsync(context, answer, moved, headers, note);
            return;
        }

        await RelayFailureAsync(answer, tries.IsCallersFault ? last! with { Error = last!.Error with { Class = ErrorClass.Caller } } : last!, work);
    }

    /// <summary>One account's try. Null when the caller has its answer.</summary>
    private async Task<CallOutcome.Failed?> TryAsync(
        HttpContext context, CallAnswer answer, CallSlot slot, CallTries tries, byte[] body, Func<AccountId, byte[], Task>? note, CancellationToken cancellationToken)
    {
        // What is not known to be unbilled is charged (C3).
        Settlement settlement = new Settlement.Billed();
        // L4 frees the slot at its hard end, so what runs on it must be over by then.
        using var hardEnd = new CancellationTokenSource(slot.Lease.HardEnd - slot.Lease.Since, time);
        using var running = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, hardEnd.Token);
        try
        {
            if (credentials.For(slot.Account) is not { } target) return NoCredential();
            answer.Begin();
            var outcome = await calls.CallAsync(target, new PlatformCall(tries.Work.Kind, tries.Work.Operation, body), life.Require, running.Token);
            overloads.Hear(slot.Account, tries.Work, slot.Lease.Id, (outcome as CallOutcome.Failed)?.Error);
            if (outcome is CallOutcome.Failed failed)
            {
                settlement = SettlementFor(failed.Error, tries.Add(slot.Account.Id, failed.Error));
                return failed;
            }

            var answered = (CallOutcome.Answered)outcome;
            using (answered.Exchange)
            {
                if (note is not null && answered.IsWhole) await note(slot.Account.Id, answered.Held);
                var (usage, said) = await RelayAsync(answer, answered, tries.Work, running.Token);
                if (said is not null) overloads.Hear(slot.Account, tries.Work, slot.Lease.Id, said);
                settlement = said is null ? usage.Settle(slot.Lease.Reserved, tries.Work.Units) : new Settlement.Billed(said, tries.Work.Model);
            }

            return null;
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException or InvalidDataException || (broken is OperationCanceledException && !context.RequestAborted.IsCancellationRequested))
        {
            if (hardEnd.IsCancellationRequested && !answer.HasOutput) throw new ApiException(TooLong);
            // The upstream fell silent in the middle: the caller sees its stream break, as it would without a gateway.
            context.Abort();
            return null;
        }
        finally
        {
            slot.Release(settlement);
        }
    }

    // What two accounts say alike is no fault of the second: it learns nothing from it.
    private static Settlement SettlementFor(UpstreamError error, CallTries tries) =>
        tries.IsCallersFault && error.Billed == Billed.No ? new Settlement.Unbilled() : Settlement.For(error, tries.Work.Model);

    // Byte for byte, each arrival flushed; awaiting the write is the back-pressure on the upstream. An error that a later frame
    // tells goes to the caller like the rest, and is what the account learns.
    private static async Task<(Usage Usage, UpstreamError? Said)> RelayAsync(CallAnswer answer, CallOutcome.Answered answered, Work work, CancellationToken cancellationToken)
    {
        var judge = new StreamJudge();
        if (!answered.IsWhole) judge.Add(answered.Held);
        await answer.SendAsync(answered, judge.IsBetweenFrames, cancellationToken);
        if (answered.IsWhole) return (PlatformUsage.OfWhole(work.Kind, work.Operation, answered.Held), null);

        var tail = new AnswerTail();
        tail.Add(answered.Held);
        var buffer = new byte[16 * 1024];
        while (await answered.Exchange.ReadAsync(buffer) is var read and > 0)
        {
            tail.Add(buffer.AsSpan(0, read));
            judge.Add(buffer.AsSpan(0, read));
            await answer.SendAsync(buffer.AsMemory(0, read), judge.IsBetweenFrames, cancellationToken);
        }

        judge.End();
        return (PlatformUsage.Of(work.Kind, work.Operation, tail.Bytes), judge.Error is { } error ? error with { Billed = Billed.Unknown } : null);
    }

    // The vendor's own words, unless they speak of the gateway's accounts: their keys and limits are not the caller's.
    private Task RelayFailureAsync(CallAnswer answer, CallOutcome.Failed failed, Work work)
    {
        if (failed.Error.Class is ErrorClass.FailOver or ErrorClass.RateLimited or ErrorClass.Exhausted) throw new ApiException(Busy.Error(router.WhyNot(work)));
        if (failed.Answer is not { } told || failed.Error.Class == ErrorClass.AuthDead) throw new ApiException(Unavailable(failed.Error));
        return answer.SendAsync(told);
    }

    private static readonly ApiError TooLong = new(503, "hard_end", "The upstream did not answer within the longest time this kind may take.", RetryAfter: TimeSpan.FromSeconds(5));

    private static ApiError Unavailable(UpstreamError error) => error.Class == ErrorClass.AuthDead
        ? new ApiError(503, "upstream_unavailable", "No account could serve this call; an admin must renew a credential.", RetryAfter: TimeSpan.FromSeconds(30))
        : new ApiError(503, "upstream_unavailable", $"The upstream did not serve this call: {error.Describe()}", RetryAfter: TimeSpan.FromSeconds(5));

    private static CallOutcome.Failed NoCredential() =>
        new(new UpstreamError(ErrorClass.Retry, Code: null, "the account was removed", Billed.No, TimeSpan.Zero), Answer: null);
}
