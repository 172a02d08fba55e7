using Gateway.Engine.Storage;

namespace Gateway.Silo.Chores;

/// <summary>Removes large bodies that no job refers to (T8): their turn failed, or their job is gone.</summary>
internal sealed class BodySweeper(IBodyStore bodies, TimeProvider time)
{
    private static readonly TimeSpan OrphanAge = TimeSpan.FromHours(1);

    private DateTimeOffset _sweptAt = time.GetUtcNow();

    /// <summary>Sweeps when it is time, which is once an hour.</summary>
    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        if (time.GetUtcNow() - _sweptAt < OrphanAge) return;
        _sweptAt = time.GetUtcNow();
        await bodies.SweepAsync(OrphanAge, cancellationToken);
    }
}
