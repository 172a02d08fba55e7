using Gateway.Api.Auth;
using Gateway.Api.Http;
using Gateway.Engine.Turns;
using Gateway.Engine.Upstreams;
using Gateway.Grains.Routing;
using Gateway.Model.Accounts;
using Gateway.Model.Answers;

namespace Gateway.Api.Calls;

/// <summary>
/// Runs a call that is placed: take a slot, forward, stream back as it arrives, release. Another account is tried only before the
/// first byte has reached the caller, and for what costs money only after a clear refusal (J10). A caller that leaves cancels the
/// upstream's work and frees the slot.
/// </summary>
internal sealed class CallRelay(
    CallSlots slots, RouterGrain router, OverloadBreakers overloads, ExcessReports excess, IUpstreamRegistry upstreams,
    Credentials credentials, NodeLife life, TimeProvider time)
{
    /// <param name="context">The request to answer.</param>
    /// <param name="answer">What takes the answer to the caller.</param>
    /// <param name="call">What is sent, and where.</param>
    public async Task RunAsync(HttpContext context, CallAnswer answer, PlacedCall call)
    {
        if (await router.CanNeverServeAsync(call.Work, context.RequestAborted) is { } never)
            throw new ApiException(
                new ApiError(422, "no_account_can_serve", never.Why, [new FieldError("model", "must be served by some account")]));

        // The gateway's own doubt about being alive ends a call like the caller's leaving does (L6).
        using var either = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, life.Proof);
        var wait = new CallSlots.Wait(call.Patience, time);
        var tries = new CallTries(call.Work);
        CallOutcome.Failed? last = null;
        CallSlot? slot = await slots.FirstAsync(context, call.Work, wait, either.Token);
        while (slot is not null)
        {
            last = await TryAsync(context, answer, slot, tries, call, either.Token);
            if (last is null) return;
            tries = tries.Add(slot.Account.Id, last.Error);
            slot = await slots.NextAsync(context, tries, wait, either.Token);
        }

        if (await MovedAsync(call, last!.Error) is { } moved) await RunAsync(context, answer, moved);
        else await RelayFailureAsync(context, answer, last, tries);
    }

    // Where the account it was pinned to cannot serve it at all, what it names is brought to another, once.
    private static async Task<PlacedCall?> MovedAsync(PlacedCall call, UpstreamError error) =>
        call is { Elsewhere: { } elsewhere, Work.Pinned: { } pinned }
            && error.Class is ErrorClass.OperationUnavailable or ErrorClass.ModelUnavailable
            && await elsewhere(pinned) is var (work, body)
            ? call with { Work = work, Body = body, Elsewhere = null }
            : null;

    /// <summary>One account's try. Null when the caller has its answer.</summary>
    private async Task<CallOutcome.Failed?> TryAsync(
        HttpContext context, CallAnswer answer, CallSlot slot, CallTries tries, PlacedCall call, CancellationToken cancellationToken)
    {
        // What is not known to be unbilled is charged (C3).
        Settlement settlement = new Settlement.Billed();
        UpstreamError? told = null;
        // L4 frees the slot at its hard end, so what runs on it must be over by then.
        using var hardEnd = new CancellationTokenSource(slot.Lease.HardEnd - slot.Lease.Since, time);
        using var running = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, hardEnd.Token);
        try
        {
            if (upstreams.Find(slot.Account.Driver) is not { } upstream || credentials.For(slot.Account) is not { } target)
                return NoCredential();
            answer.Begin();
            var outcome = await upstream.CallAsync(
                target, new UpstreamCall(tries.Work.Kind, tries.Work.Operation, call.Body), life.Require, running.Token);
            var team = Caller.Of(context).Team;
            overloads.Hear(slot.Account, tries.Work, team, slot.Lease.Id, (outcome as CallOutcome.Failed)?.Error);
            if (outcome is CallOutcome.Failed failed)
            {
                failed = failed with { Error = failed.Error.About(call.Body) };
                settlement = SettlementFor(failed.Error, tries.Add(slot.Account.Id, failed.Error));
                return failed;
            }

            using var answered = ((CallOutcome.Answered)outcome).Answer;
            if (call.Note is not null && answered.IsWhole) await call.Note(slot.Account.Id, answered.Opening.ToArray());
            try
            {
                await PassOnAsync(answer, answered, running.Token);
            }
            finally
            {
                told = answered.Error;
            }

            if (told is not null) overloads.Hear(slot.Account, tries.Work, team, slot.Lease.Id, told);
            excess.Hear(answered.Usage, tries.Work.Units, slot.Lease.Reserved, slot.Account.Id, tries.Work.Kind, tries.Work.Operation);
            settlement = answered.Usage.Settle(slot.Lease.Reserved, tries.Work.Units) with { Error = told, Model = tries.Work.Model };
            return null;
        }
        catch (Exception broken) when (
            broken is HttpRequestException or IOException
                || (broken is OperationCanceledException && !context.RequestAborted.IsCancellationRequested))
        {
            if (hardEnd.IsCancellationRequested && !answer.HasOutput) throw new ApiException(TooLong);
            settlement = new Settlement.Billed(told, tries.Work.Model);
            // The upstream fell silent in the middle: the caller sees its stream break, as it would without a gateway.
            context.Abort();
            return null;
        }
        finally
        {
            slot.Release(settlement);
        }
    }

    // Each arrival flushed; awaiting the write is the back-pressure on the upstream.
    private static async Task PassOnAsync(CallAnswer answer, ICallAnswer answered, CancellationToken cancellationToken)
    {
        await answer.StartAsync(answered, cancellationToken);
        if (answered.IsWhole) return;
        while (await answered.ReadAsync() is { IsEmpty: false } part)
            await answer.SendAsync(part, answered.IsBetweenFrames, cancellationToken);
        await answer.EndAsync(cancellationToken);
    }

    // What two accounts say alike is no fault of the second: it learns nothing from it. One call counts as one failure of an account.
    private static Settlement SettlementFor(UpstreamError error, CallTries tries) =>
        Settlement.For(error, tries.Work.Model, tries.TeachLast);

    // The vendor's own words, unless they speak of the gateway's accounts: their keys and limits are not the caller's.
    private async Task RelayFailureAsync(HttpContext context, CallAnswer answer, CallOutcome.Failed failed, CallTries tries)
    {
        if (tries.EndWithAccounts)
            throw new ApiException(
                NobodyServes(
                    await router.WhyNotAsync(new RouteRequest(tries.Work) { Team = Caller.Of(context).Team }, context.RequestAborted)));
        if (failed.Answer is not { } told) throw new ApiException(tries.IsCallersFault ? Refused(failed.Error) : Unavailable(failed.Error));
        await answer.SendAsync(told);
    }

    private static readonly ApiError TooLong = new(
        503, "hard_end", "The upstream did not answer within the longest time this kind may take; it may be at work on it still.");

    // After a walk over the pool: why nobody is free, unless it is that accounts were refused themselves, or that they are free again.
    private static ApiError NobodyServes(NobodyFree nobody) =>
        nobody.IsOfDoubts ? new ApiError(
            503,
            "upstream_unavailable",
            $"No account could serve this call: {nobody.Describe()}; {Cure(nobody)}.",
            RetryAfter: Busy.Wait(nobody))
        : nobody.Reasons.Count == 0 ? new ApiError(
            503,
            "upstream_unavailable",
            "Every account that was asked refused this call; none of them rests for it.",
            RetryAfter: TimeSpan.FromSeconds(1))
        : Busy.Error(nobody);

    private static string Cure(NobodyFree nobody) =>
        nobody.Reasons.ContainsKey(RefusalReason.AuthFailed)
            ? "an admin must renew a credential"
            : "they are probed, and come back by themselves if they work";

    // Two accounts say so, in words that are not the API's own.
    private static ApiError Refused(UpstreamError error) => error.HttpStatus is >= 400 and < 500
        ? new ApiError(error.HttpStatus, "upstream_refused", error.Describe())
        : Unavailable(error);

    // What may have been billed, or may be under way, invites nobody to send it again.
    private static ApiError Unavailable(UpstreamError error) =>
        new(
            503, "upstream_unavailable", $"The upstream did not serve this call: {error.DescribeToTeam()}",
            RetryAfter: error is { IsRetryable: true, Billed: Billed.No } ? TimeSpan.FromSeconds(5) : null);

    private static CallOutcome.Failed NoCredential() =>
        new(new UpstreamError(ErrorClass.Retry, Code: null, "the account was removed", Billed.No, TimeSpan.Zero), Answer: null);
}
