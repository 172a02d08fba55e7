using Gateway.Engine.Storage;

namespace Gateway.Silo.Queueing;

/// <summary>Looks whether the next timed instant of the jobs has changed behind this node's back (Q5), and sweeps bodies nobody refers to (T8).</summary>
internal sealed class QueueKeeper(JobAlarm alarm, IBodyStore bodies, TimeProvider time)
{
    private static readonly TimeSpan OrphanAge = TimeSpan.FromHours(1);

    private DateTimeOffset _sweptAt = time.GetUtcNow();

    public async Task LookOverAsync(CancellationToken cancellationToken)
    {
        await alarm.LookAsync(cancellationToken);

        if (time.GetUtcNow() - _sweptAt < OrphanAge) return;
        _sweptAt = time.GetUtcNow();
        await bodies.SweepAsync(OrphanAge, cancellationToken);
    }
}
