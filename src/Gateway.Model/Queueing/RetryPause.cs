namespace Gateway.Model.Queueing;

/// <summary>The pause before the same account is asked once more: short, and not the same for all who met the same trouble.</summary>
internal sealed class RetryPause(IRandom random, TimeProvider time)
{
    // Long enough for an edge or a worker to be replaced by its neighbour, short enough for a caller who waits.
    private const int LeastMilliseconds = 200;
    private const int SpreadMilliseconds = 400;

    public Task WaitAsync(CancellationToken cancellationToken) =>
        Task.Delay(TimeSpan.FromMilliseconds(LeastMilliseconds + random.Next(SpreadMilliseconds)), time, cancellationToken);
}
