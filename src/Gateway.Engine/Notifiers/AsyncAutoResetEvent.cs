namespace Gateway.Engine.Notifiers;

/// <summary>
/// An auto-reset event that is awaited: it wakes one loop, and stays set until that waits. Setting it twice is setting it once.
/// </summary>
internal sealed class AsyncAutoResetEvent
{
    private readonly SemaphoreSlim _set = new(0, 1);

    public void Set()
    {
        try
        {
            if (_set.CurrentCount == 0) _set.Release();
        }
        catch (SemaphoreFullException)
        {
            // Somebody set it in between.
        }
    }

    /// <summary>Waits until it is set, and resets it; false when it was not set in time.</summary>
    public async Task<bool> WaitAsync(TimeSpan? atMost, TimeProvider time, CancellationToken cancellationToken)
    {
        if (atMost is not { } limit)
        {
            await _set.WaitAsync(cancellationToken);
            return true;
        }

        using var timer = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        try
        {
            await _set.WaitAsync(either.Token);
            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }
}
