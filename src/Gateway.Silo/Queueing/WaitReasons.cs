using Gateway.Engine.Teams;
using Gateway.Grains.Routing;
using Gateway.Model.Accounts;
using Gateway.Model.Ids;
using Gateway.Model.Jobs;
using Gateway.Model.Kinds;
using Gateway.Model.Teams;

namespace Gateway.Silo.Queueing;

/// <summary>
/// Says why queued jobs wait, in a few words, from what this node knows: at most one read for all teams with limits, and one look at
/// the accounts for each team's kind of work, however many jobs are asked for. <c>explain</c> asks the store.
/// </summary>
internal sealed class WaitReasons(RouterGrain router, QueuePauses pauses, TeamStandingsReader teams, Backlog backlog)
{
    /// <summary>The reasons of those that are queued.</summary>
    public async Task<IReadOnlyDictionary<JobId, string>> OfAsync(IReadOnlyCollection<JobState> jobs, CancellationToken cancellationToken)
    {
        var queued = jobs.Where(job => job.Status == JobStatus.Queued).ToList();
        if (queued.Count == 0) return System.Collections.Immutable.ImmutableDictionary<JobId, string>.Empty;

        var standings = await teams.ReadLimitedAsync(queued.Select(job => job.Team), cancellationToken);
        var accounts = queued.Select(job => (job.Work, job.Team))
            .Distinct()
            .ToDictionary(asked => asked, asked => router.Survey(new RouteRequest(asked.Work, Job: default(JobId)) { Team = asked.Team }));
        return queued.ToDictionary(job => job.Id, job => Words(job, WaitingOf(job, standings, accounts[(job.Work, job.Team)])));
    }

    private Waiting WaitingOf(JobState job, TeamStandings standings, IReadOnlyList<AccountExplanation> accounts) =>
        Waiting.Of(job, pauses.Find(job.Lane), LimitOf(job, standings, accounts), ShareOf(job), accounts);

    /// <summary>
    /// The share that the job's team has used up, as far as this node knows; null while it has not, or nobody else waits.
    /// </summary>
    public TeamShare? ShareOf(JobState job) =>
        router.ShareUsed(job.Work, job.Team) ?? (backlog.HasOthersThan(job.Team) ? router.HoldsShare(job.Work, job.Team) : null);

    /// <summary>What holds the job's team back: not even the cheapest account could take it.</summary>
    public static Refusal? LimitOf(JobState job, TeamStandings standings, IReadOnlyList<AccountExplanation> accounts) =>
        standings.Refuse(job.Team, accounts.Count == 0 ? 0 : accounts.Min(account => account.Ceiling));

    // A refusal before is part of the story: the job is in the queue again because of it.
    private static string Words(JobState job, Waiting waiting) => job.Reason is { } before ? $"{waiting.Words}; {before}" : waiting.Words;
}
