using Gateway.Engine.Storage;
using Gateway.Grains.Routing;
using Gateway.Model.Ids;
using Gateway.Model.Jobs;
using Gateway.Model.Kinds;

namespace Gateway.Silo.Queueing;

/// <summary>Guesses what a job waits for: what goes before it in its lane by the order of Q2, and how long such work takes.</summary>
internal sealed class QueuePosition(
    IQueryStore queries, RouterGrain router, QueueOrder order, QueuePauses pauses, ServiceTimes services, TimeProvider time)
{
    /// <summary>Counting stops here, for each queue.</summary>
    private const int MostCounted = 1000;

    public async Task<Place> PlaceAsync(JobState job, CancellationToken cancellationToken)
    {
        if (job.Status.IsTerminal) return default;
        if (job.Status != JobStatus.Queued) return new Place(null, LeftOf(job));
        if (job.NotBefore is not null) return default;

        var position = 1 + await AheadAsync(job, cancellationToken);
        return new Place(position, EtaOf(job.Work, position));
    }

    /// <summary>
    /// Until a job of this work at this position has finished: a slot of the accounts that can do it frees up again and again.
    /// </summary>
    public TimeSpan? EtaOf(Work work, int position)
    {
        if (services.Measured(work) is not { } service || pauses.Find(work.Lane) is not null) return null;
        var slots = router.Survey(new RouteRequest(work, Job: default(JobId)))
            .Where(account => account.MayHelp)
            .Sum(account => account.Slots);
        return slots == 0
            ? null
            : (service * ((position - 1) / slots)) + (
                router.IsOpenFor(new RouteRequest(work, Job: default(JobId))) ? service : service * 1.5);
    }

    // Of its own queue the older; of its team's more urgent queues all; of a team of a higher class all, of a lower one none; of another
    // team as many as its weight gives it meanwhile, whatever their priority.
    private async Task<int> AheadAsync(JobState job, CancellationToken cancellationToken)
    {
        var own = QueueKey.Of(job);
        var ownClass = order.ClassOf(job.Team);
        var queues = (await queries.QueuesAsync(cancellationToken))
            .Where(
                queue =>
                    queue.Lane == own.Lane
                        && (queue.Team == own.Team ? queue.Priority > own.Priority : order.ClassOf(queue.Team) >= ownClass)).ToList();
        var ahead = await queries.AheadAsync(job, MostCounted, cancellationToken);
        if (queues.Count == 0) return ahead;

        var lengths = await queries.LengthsAsync(queues, MostCounted, cancellationToken);
        var byTeam = queues.Zip(lengths)
            .GroupBy(queue => queue.First.Team, queue => queue.Second)
            .ToDictionary(team => team.Key, team => team.Sum());
        ahead += byTeam.GetValueOrDefault(own.Team);
        var share = (double)(ahead + 1) / order.WeightOf(job.Team);
        return ahead + byTeam.Where(team => team.Key != own.Team)
            .Sum(
                team =>
                    order.ClassOf(team.Key) > ownClass
                        ? team.Value
                        : Math.Min(team.Value, (int)Math.Floor(share * order.WeightOf(team.Key))));
    }

    private TimeSpan? LeftOf(JobState job)
    {
        if (job is not { Status: JobStatus.Submitting or JobStatus.Running, StartedAt: { } started }
            || services.Measured(job.Work) is not { } service)
            return null;
        var left = service - (time.GetUtcNow() - started);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }
}
