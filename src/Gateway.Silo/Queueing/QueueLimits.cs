using Gateway.Grains.Hosting;
using Gateway.Grains.Storage;
using Gateway.Grains.Teams;

namespace Gateway.Silo.Queueing;

/// <summary>
/// The longest queue the operator wants. Counted in the store with each submit, up to the limit: several submits at once may
/// overshoot by as many as they are.
/// </summary>
internal sealed class QueueLimits(IQueryStore queries, GatewayOptions options)
{
    /// <summary>When a refused submit is worth trying again: a queue that long does not empty within seconds.</summary>
    public static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(30);

    /// <summary>Why one more job is one too many, or null.</summary>
    public async Task<string?> WhyFullAsync(TeamId team, CancellationToken cancellationToken)
    {
        if (options.Queue.MaxJobsPerTeam is { } ofTeam && await queries.QueuedAsync(team, ofTeam, cancellationToken) >= ofTeam)
            return OfTeam(ofTeam);
        if (options.Queue.MaxJobs is { } ofAll && await queries.QueuedAsync(team: null, ofAll, cancellationToken) >= ofAll)
            return $"There are {ofAll} jobs in the queue, which is the limit.";
        return null;
    }

    /// <summary>What a team hears that has as many jobs in the queue as it may.</summary>
    public static string OfTeam(int limit) => $"The team has {limit} jobs in the queue, which is the limit.";
}
