using Gateway.Api.Surfaces.MiniMax;
using Gateway.Engine.Storage;
using Gateway.Engine.Teams;
using Gateway.Grains.Routing;
using Gateway.Model.Accounts;
using Gateway.Model.Ids;
using Gateway.Model.Teams;
using Gateway.Silo.Queueing;

namespace Gateway.Api.Surfaces.Jobs;

/// <summary>What a submit would do, as the store has it: it makes nothing, uses no key and asks no upstream.</summary>
internal sealed class JobDryRuns(JobQueue queue, RouterGrain router, TeamStandingsReader teams, IQueryStore queries, TimeProvider time)
{
    public async Task<IResult> RunAsync(NativeSubmit submit, CancellationToken cancellationToken)
    {
        if (submit.Work.Pinned is { } named) submit = submit with { Work = submit.Work with { Pinned = router.Resolve(named) } };
        // Without the key: what a replay would answer is not what is asked.
        var spec = new JobSpec(submit.Caller.Team, submit.Work, submit.Body, submit.Priority, submit.Headers.MayQueue, Key: null, submit.Fingerprint) { Times = submit.Times };
        var refusal = await queue.RefuseAsync(spec, cancellationToken);
        var accounts = await router.SurveyStoreAsync(new RouteRequest(submit.Work, Job: default(JobId)) { Team = submit.Caller.Team }, cancellationToken);
        var takers = accounts.Where(account => account.Refusal is null).ToList();
        var standings = await teams.ReadAsync([spec.Team], cancellationToken);
        // Any of them may be picked: the team must be able to pay the dearest.
        var limit = standings.Refuse(spec.Team, takers.Count == 0 ? 0 : takers.Max(account => account.Ceiling));
        var share = router.ShareUsed(spec.Work, spec.Team);
        var startsNow = refusal is null && limit is null && share is null && takers.Count > 0 && queue.MayStartNow(spec);
        if (!startsNow && spec.MayQueue) refusal ??= await WhyFullAsync(spec.Team, standings, cancellationToken);
        var view = new DryRunView
        {
            WouldStart = startsNow,
            WouldQueue = refusal is null && !startsNow && spec.MayQueue,
            Error = startsNow ? null : ErrorOf(spec, refusal, limit),
            Credits = new DryRunCredits(accounts.Count == 0 ? 0 : accounts.Max(account => account.Ceiling)),
            Accounts = AccountsView.Of(accounts, submit.Caller),
        };
        return Results.Json(view, ExplainJson.Own.DryRunView);
    }

    private BatchError? ErrorOf(JobSpec spec, JobSubmission? refusal, Refusal? limit)
    {
        if (refusal is not null) return BatchError.Of(IdempotentAnswers.Explain(refusal));
        if (spec.MayQueue) return null;
        return BatchError.Of(Busy.Error(limit is null ? router.WhyNot(new RouteRequest(spec.Work, Job: default(JobId)) { Team = spec.Team }) : NobodyFree.AtLimit(time.GetUtcNow(), limit)));
    }

    // The team's own limit is the turn's to judge; this is what it would say.
    private async Task<JobSubmission?> WhyFullAsync(TeamId team, TeamStandings standings, CancellationToken cancellationToken) =>
        standings.LimitsOf(team).MaxQueued is { } most && await queries.QueuedAsync(team, most, cancellationToken) >= most
            ? new JobSubmission.QueueFull(QueueLimits.OfTeam(most))
            : null;
}
