using Gateway.Api.Auth;
using Gateway.Api.Http;
using Gateway.Api.Surfaces.MiniMax.Affinity;
using Gateway.Engine.Turns;
using Gateway.Engine.Upstreams;
using Gateway.Grains.Routing;
using Gateway.Model.Accounts;
using Gateway.Model.Answers;
using Gateway.Model.Ids;
using Gateway.Model.Kinds;
using Gateway.Upstreams.MiniMax.Requests;
using Gateway.Upstreams.MiniMax.Verdicts;

namespace Gateway.Api.Surfaces.MiniMax;

/// <summary>
/// Runs a native call: take a slot, forward, stream back as it arrives, release. Another account is tried only before the
/// first byte has reached the caller, and for what costs money only after a clear refusal (J10). A caller that leaves cancels the upstream's work and frees the slot.
/// </summary>
internal sealed class CallRelay(CallSlots slots, RouterGrain router, OverloadBreakers overloads, ExcessReports excess, PlatformCalls calls, Credentials credentials, NodeLife life, TimeProvider time)
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

        await RelayFailureAsync(context, answer, last!, tries);
    }

    /// <summary>One account's try. Null when the caller has its answer.</summary>
    private async Task<CallOutcome.Failed?> TryAsync(
        HttpContext context, CallAnswer answer, CallSlot slot, CallTries tries, byte[] body, Func<AccountId, byte[], Task>? note, CancellationToken cancellationToken)
    {
        // What is not known to be unbilled is charged (C3).
        Settlement settlement = new Settlement.Billed();
        StreamJudge? judge = null;
        // L4 frees the slot at its hard end, so what runs on it must be over by then.
        using var hardEnd = new CancellationTokenSource(slot.Lease.HardEnd - slot.Lease.Since, time);
        using var running = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, hardEnd.Token);
        try
        {
            if (credentials.For(slot.Account) is not { } target) return NoCredential();
            answer.Begin();
            var outcome = await calls.CallAsync(target, new PlatformCall(tries.Work.Kind, tries.Work.Operation, body), life.Require, running.Token);
            var team = Caller.Of(context).Team;
            overloads.Hear(slot.Account, tries.Work, team, slot.Lease.Id, (outcome as CallOutcome.Failed)?.Error);
            if (outcome is CallOutcome.Failed failed)
            {
                failed = failed with { Error = failed.Error.About(body) };
                settlement = SettlementFor(failed.Error, tries.Add(slot.Account.Id, failed.Error));
                return failed;
            }

            var answered = (CallOutcome.Answered)outcome;
            using (answered.Exchange)
            {
                if (note is not null && answered.IsWhole) await note(slot.Account.Id, answered.Held);
                judge = new StreamJudge(answered.Exchange.Words);
                var (usage, said) = await RelayAsync(answer, answered, judge, tries.Work, running.Token);
                if (said is not null) overloads.Hear(slot.Account, tries.Work, team, slot.Lease.Id, said);
                excess.Hear(usage, tries.Work.Units, slot.Lease.Reserved, slot.Account.Id, tries.Work.Kind, tries.Work.Operation);
                settlement = usage.Settle(slot.Lease.Reserved, tries.Work.Units) with { Error = said, Model = tries.Work.Model };
            }

            return null;
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException || (broken is OperationCanceledException && !context.RequestAborted.IsCancellationRequested))
        {
            if (hardEnd.IsCancellationRequested && !answer.HasOutput) throw new ApiException(TooLong);
            settlement = new Settlement.Billed(judge?.Error, tries.Work.Model);
            // The upstream fell silent in the middle: the caller sees its stream break, as it would without a gateway.
            context.Abort();
            return null;
        }
        finally
        {
            slot.Release(settlement);
        }
    }

    // What two accounts say alike is no fault of the second: it learns nothing from it. One call's passing trouble is one.
    private static Settlement SettlementFor(UpstreamError error, CallTries tries) =>
        Settlement.For(error, tries.Work.Model, tries.TeachLast);

    // Byte for byte, each arrival flushed; awaiting the write is the back-pressure on the upstream. An error that a later frame
    // tells goes to the caller like the rest, with its words cleaned, and is what the account learns.
    private static async Task<(Usage Usage, UpstreamError? Said)> RelayAsync(CallAnswer answer, CallOutcome.Answered answered, StreamJudge judge, Work work, CancellationToken cancellationToken)
    {
        if (answered.IsWhole)
        {
            await answer.SendAsync(answered, judge.IsBetweenFrames, cancellationToken);
            return (PlatformUsage.OfWhole(work.Kind, work.Operation, answered.Held), null);
        }

        var frames = new PassedFrames(answered.Exchange.Words);
        judge.Add(answered.Held);
        await answer.SendAsync(answered with { Held = frames.Pass(answered.Held).ToArray() }, judge.IsBetweenFrames, cancellationToken);
        var tail = new AnswerTail();
        tail.Add(answered.Held);
        var buffer = new byte[16 * 1024];
        while (await answered.Exchange.ReadAsync(buffer) is var read and > 0)
        {
            tail.Add(buffer.AsSpan(0, read));
            judge.Add(buffer.AsSpan(0, read));
            if (frames.Pass(buffer.AsMemory(0, read)) is { IsEmpty: false } passed) await answer.SendAsync(passed, judge.IsBetweenFrames, cancellationToken);
        }

        judge.End();
        if (frames.End() is { IsEmpty: false } last) await answer.SendAsync(last, judge.IsBetweenFrames, cancellationToken);
        return (PlatformUsage.Of(work.Kind, work.Operation, tail.Bytes), judge.Error is { } error ? error with { Billed = Billed.Unknown } : null);
    }

    // The vendor's own words, unless they speak of the gateway's accounts: their keys and limits are not the caller's.
    private async Task RelayFailureAsync(HttpContext context, CallAnswer answer, CallOutcome.Failed failed, CallTries tries)
    {
        if (tries.EndWithAccounts) throw new ApiException(NobodyServes(await router.WhyNotAsync(new RouteRequest(tries.Work) { Team = Caller.Of(context).Team }, context.RequestAborted)));
        if (failed.Answer is not { } told) throw new ApiException(tries.IsCallersFault ? Refused(failed.Error) : Unavailable(failed.Error));
        await answer.SendAsync(told);
    }

    private static readonly ApiError TooLong = new(503, "hard_end", "The upstream did not answer within the longest time this kind may take; it may be at work on it still.");

    // After a walk over the pool: why nobody is free, unless it is that accounts were refused themselves, or that they are free again.
    private static ApiError NobodyServes(NobodyFree nobody) =>
        nobody.IsOfDoubts ? new ApiError(503, "upstream_unavailable", $"No account could serve this call: {nobody.Describe()}; {Cure(nobody)}.", RetryAfter: Busy.Wait(nobody))
        : nobody.Reasons.Count == 0 ? new ApiError(503, "upstream_unavailable", "Every account that was asked refused this call; none of them rests for it.", RetryAfter: TimeSpan.FromSeconds(1))
        : Busy.Error(nobody);

    private static string Cure(NobodyFree nobody) =>
        nobody.Reasons.ContainsKey(RefusalReason.AuthFailed) ? "an admin must renew a credential" : "they are probed, and come back by themselves if they work";

    // Two accounts say so, in words that are not the API's own.
    private static ApiError Refused(UpstreamError error) => error.HttpStatus is >= 400 and < 500
        ? new ApiError(error.HttpStatus, "upstream_refused", error.Describe())
        : Unavailable(error);

    // What may have been billed, or may be under way, invites nobody to send it again.
    private static ApiError Unavailable(UpstreamError error) =>
        new(503, "upstream_unavailable", $"The upstream did not serve this call: {error.DescribeToTeam()}", RetryAfter: error is { IsRetryable: true, Billed: Billed.No } ? TimeSpan.FromSeconds(5) : null);

    private static CallOutcome.Failed NoCredential() =>
        new(new UpstreamError(ErrorClass.Retry, Code: null, "the account was removed", Billed.No, TimeSpan.Zero), Answer: null);
}
