using Gateway.Api.Surfaces.MiniMax;
using Gateway.Grains.Jobs;
using Gateway.Grains.Routing;
using Gateway.Silo.Queueing;

namespace Gateway.Api.Surfaces.Jobs;

/// <summary>What a submit would do: it makes nothing, uses no key and asks no upstream.</summary>
internal sealed class JobDryRuns(JobQueue queue, RouterGrain router)
{
    public async Task<IResult> RunAsync(NativeSubmit submit, CancellationToken cancellationToken)
    {
        // Without the key: what a replay would answer is not what is asked.
        var spec = new JobSpec(submit.Caller.Team, submit.Work, submit.Body, submit.Priority, submit.Headers.MayQueue, Key: null, submit.Fingerprint) { Times = submit.Times };
        var refusal = await queue.RefuseAsync(spec, cancellationToken);
        var accounts = router.Survey(new RouteRequest(submit.Work, Job: default(JobId)));
        var takers = accounts.Where(account => account.Refusal is null).ToList();
        var startsNow = refusal is null && takers.Count > 0 && queue.MayStartNow(spec);
        var view = new DryRunView
        {
            WouldStart = startsNow,
            WouldQueue = refusal is null && !startsNow && spec.MayQueue,
            Error = refusal is not null ? BatchError.Of(IdempotentAnswers.Explain(refusal))
                : startsNow || spec.MayQueue ? null : BatchError.Of(Busy.Error(router.WhyNot(submit.Work))),
            Credits = new DryRunCredits(accounts.Count == 0 ? 0 : accounts.Max(account => account.Ceiling)),
            Accounts = AccountsView.Of(accounts, submit.Caller),
        };
        return Results.Json(view, ExplainJson.Own.DryRunView);
    }
}
