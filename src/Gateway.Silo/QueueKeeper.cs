using Gateway.Grains.Hosting;
using Gateway.Grains.Jobs;
using Gateway.Grains.Storage;

namespace Gateway.Silo;

/// <summary>Expires jobs that waited too long (J6) and sweeps bodies nobody refers to (T8).</summary>
internal sealed class QueueKeeper(IQueryStore queries, IBodyStore bodies, JobGrain jobs, GatewayOptions options, TimeProvider time)
{
    /// <summary>Small steps: a look never holds up what goes on.</summary>
    private const int MostPerLook = 500;

    private static readonly TimeSpan OrphanAge = TimeSpan.FromHours(1);

    private DateTimeOffset _sweptAt = time.GetUtcNow();

    public async Task LookOverAsync(CancellationToken cancellationToken)
    {
        var limit = JobIdSource.FirstAt(time.GetUtcNow() - options.MaxQueueAge);
        foreach (var job in await queries.QueuedBeforeAsync(limit, MostPerLook, cancellationToken))
            jobs.ExpireQueued(job.Id, "waited longer than the queue's age limit");

        if (time.GetUtcNow() - _sweptAt < OrphanAge) return;
        _sweptAt = time.GetUtcNow();
        await bodies.SweepAsync(OrphanAge, cancellationToken);
    }
}
