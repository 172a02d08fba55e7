using Gateway.Grains.Jobs;
using Gateway.Grains.Turns;

namespace Gateway.Silo;

/// <summary>The lanes this node knows to have queued jobs, and the bell that wakes the dispatcher.</summary>
internal sealed class Backlog : IBatchObserver
{
    private readonly Lock _lock = new();
    private readonly HashSet<string> _lanes = [];
    private readonly Bell _bell = new();

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

    /// <summary>Wakes the dispatcher.</summary>
    public void Wake() => _bell.Ring();

    /// <summary>Waits for the bell; false when it did not ring in time.</summary>
    public Task<bool> WaitAsync(TimeSpan? atMost, TimeProvider time, CancellationToken cancellationToken) => _bell.WaitAsync(atMost, time, cancellationToken);

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
