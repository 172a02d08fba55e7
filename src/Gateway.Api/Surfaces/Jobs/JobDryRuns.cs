using Gateway.Api.Auth;
using Gateway.Api.Http;
using Gateway.Api.Submitting;
using Gateway.Engine.Storage;
using Gateway.Engine.Teams;
using Gateway.Grains.Routing;
using Gateway.Model.Accounts;
using Gateway.Model.Ids;
using Gateway.Model.Jobs;
using Gateway.Model.Teams;
using Gateway.Silo.Queueing;

namespace Gateway.Api.Surfaces.Jobs;

/// <summary>What a submit would do, as the store has it: it makes nothing, uses no key and asks no upstream.</summary>
internal sealed class JobDryRuns(
    JobPath path, JobAdmission admission, RouterGrain router, TeamStandingsReader teams, IQueryStore queries, TimeProvider time)
{
    public async Task<IResult> RunAsync(Caller caller, JobDraft draft, CancellationToken cancellationToken)
    {
        // Without the key: what a replay would answer is not what is asked.
        draft = path.Resolve(draft with { Key = null });
        var refusal = await admission.RefuseAsync(draft, cancellationToken);
        var accounts = await router.SurveyStoreAsync(
            new RouteRequest(draft.Work, Job: default(JobId)) { Team = draft.Team }, cancellationToken);
        var takers = accounts.Where(account => account.Refusal is null).ToList();
        var standings = await teams.ReadAsync([draft.Team], cancellationToken);
        // Any of them may be picked: the team must be able to pay the dearest.
        var limit = standings.Refuse(draft.Team, takers.Count == 0 ? 0 : takers.Max(account => account.Ceiling));
        var share = router.ShareUsed(draft.Work, draft.Team);
        var startsNow = refusal is null && limit is null && share is null && takers.Count > 0 && admission.MayTryNow(draft);
        if (!startsNow && draft.MayQueue) refusal ??= await WhyFullAsync(draft.Team, standings, cancellationToken);
        var view = new DryRunView
        {
            WouldStart = startsNow,
            WouldQueue = refusal is null && !startsNow && draft.MayQueue,
            Error = startsNow ? null : ErrorOf(draft, refusal, limit),
            Credits = new DryRunCredits(accounts.Count == 0 ? 0 : accounts.Max(account => account.Ceiling)),
            Accounts = AccountsView.Of(accounts, caller),
        };
        return Results.Json(view, ExplainJson.Own.DryRunView);
    }

    private BatchError? ErrorOf(JobDraft draft, JobSubmission? refusal, Refusal? limit)
    {
        if (refusal is not null) return BatchError.Of(IdempotentAnswers.Explain(refusal));
        if (draft.MayQueue) return null;
        return BatchError.Of(
            Busy.Error(
                limit is null
                    ? router.WhyNot(new RouteRequest(draft.Work, Job: default(JobId)) { Team = draft.Team })
                    : NobodyFree.AtLimit(time.GetUtcNow(), limit)));
    }

    // The team's own limit is the turn's to judge; this is what it would say.
    private async Task<JobSubmission?> WhyFullAsync(TeamId team, TeamStandings standings, CancellationToken cancellationToken) =>
        standings.LimitsOf(team).MaxQueued is { } most && await queries.QueuedAsync(team, most, cancellationToken) >= most
            ? new JobSubmission.QueueFull(QueueLimits.OfTeam(most))
            : null;
}
