using Gateway.Grains.Jobs;
using Gateway.Grains.Turns;

namespace Gateway.Silo;

/// <summary>The lanes this node knows to have queued jobs, and the bell that wakes the dispatcher.</summary>
internal sealed class Backlog : IBatchObserver
{
    private readonly Lock _lock = new();
    private readonly HashSet<string> _lanes = [];
    private readonly SemaphoreSlim _bell = new(0, 1);

    public void Add(string lane)
    {
        lock (_lock) _lanes.Add(lane);
    }

    public void Remove(string lane)
    {
        lock (_lock) _lanes.Remove(lane);
    }

    public IReadOnlyList<string> Lanes()
    {
        lock (_lock) return [.. _lanes];
    }

    /// <summary>Whether a new job of this lane would overtake one that waits in it.</summary>
    public bool Has(string lane)
    {
        lock (_lock) return _lanes.Contains(lane);
    }

    /// <summary>Rings; a bell that rings already needs no second ring.</summary>
    public void Wake()
    {
        try
        {
            if (_bell.CurrentCount == 0) _bell.Release();
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
            await _bell.WaitAsync(cancellationToken);
            return true;
        }

        using var timer = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        try
        {
            await _bell.WaitAsync(either.Token);
            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    void IBatchObserver.Committed(BatchCommit commit)
    {
        var rings = false;
        foreach (var job in commit.Jobs)
        {
            if (job.Status != JobStatus.Queued) continue;
            Add(job.Lane);
            rings = true;
        }

        if (rings) Wake();
    }
}
