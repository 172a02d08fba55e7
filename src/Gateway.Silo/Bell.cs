namespace Gateway.Silo;

/// <summary>Wakes one loop that has gone to sleep. A ring before the wait ends it at once; many rings are one.</summary>
internal sealed class Bell
{
    private readonly SemaphoreSlim _rung = new(0, 1);

    /// <summary>Rings; a bell that rings already needs no second ring.</summary>
    public void Ring()
    {
        try
        {
            if (_rung.CurrentCount == 0) _rung.Release();
        }
        catch (SemaphoreFullException)
        {
            // Somebody rang in between.
        }
    }

    /// <summary>Waits for the bell; false when it did not ring in time.</summary>
    public async Task<bool> WaitAsync(TimeSpan? atMost, TimeProvider time, CancellationToken cancellationToken)
    {
        if (atMost is not { } limit)
        {
            await _rung.WaitAsync(cancellationToken);
            return true;
        }

        using var timer = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        try
        {
            await _rung.WaitAsync(either.Token);
            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }
}
