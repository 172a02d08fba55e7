using Gateway.Engine.Storage;
using Gateway.Engine.Teams;
using Gateway.Grains.Routing;
using Gateway.Model.Ids;

namespace Gateway.Silo.Queueing;

/// <summary>
/// The longest queue the operator wants. Counted in the store with each submit, up to the limit: several submits at once may
/// overshoot by as many as they are.
/// </summary>
internal sealed class QueueLimits(IQueryStore queries, TeamLimitsView teams, QueueOptions queue, FairnessOptions fairness)
{
    /// <summary>When a refused submit is worth trying again: a queue that long does not empty within seconds.</summary>
    public static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(30);

    /// <summary>Why one more job is one too many, or null.</summary>
    public async Task<string?> WhyFullAsync(TeamId team, CancellationToken cancellationToken)
    {
        if (await WhyTeamIsFullAsync(team, cancellationToken) is { } full) return full;
        if (queue.MaxJobs is { } ofAll && await HasAsync(team: null, ofAll, cancellationToken))
            return $"There are {ofAll} jobs in the queue, which is the limit.";
        return null;
    }

    // What an operator sets for each team is its share; else it is a part of what all may have.
    private async Task<string?> WhyTeamIsFullAsync(TeamId team, CancellationToken cancellationToken)
    {
        if (queue.MaxJobsPerTeam is { } ofTeam) return await HasAsync(team, ofTeam, cancellationToken) ? OfTeam(ofTeam) : null;
        if (queue.MaxJobs is not { } all || !teams.AreSeveral || fairness.QueueShare >= 1) return null;
        var share = TeamShare.MostOf(fairness.QueueShare, all);
        return await HasAsync(team, share, cancellationToken) ? new TeamShare(Shared.QueuedJobs, share, share, all).Sentence : null;
    }

    private async Task<bool> HasAsync(TeamId? team, int jobs, CancellationToken cancellationToken) =>
        await queries.QueuedAsync(team, jobs, cancellationToken) >= jobs;

    /// <summary>What a team hears that has as many jobs in the queue as it may.</summary>
    public static string OfTeam(int limit) => $"The team has {limit} jobs in the queue, which is the limit.";
}
