using Gateway.Engine.Turns;
using Gateway.Model.Kinds;

namespace Gateway.Grains.Routing;

/// <summary>
/// How long work takes, measured on this node: an exponentially weighted mean over the jobs that succeeded, by operation and
/// model. In memory; a start measures anew.
/// </summary>
internal sealed class ServiceTimes : IBatchObserver
{
    /// <summary>The weight of the newest: the last ten or so decide.</summary>
    private const double Newest = 0.2;

    /// <summary>Models are the callers' words; nobody uses so many.</summary>
    private const int MostKept = 10_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<Key, TimeSpan> _means = [];

    /// <summary>The measured mean; null while nothing was measured.</summary>
    public TimeSpan? Measured(Work work)
    {
        lock (_lock) return _means.TryGetValue(Key.Of(work), out var mean) ? mean : null;
    }

    public void Observe(Work work, TimeSpan took)
    {
        if (took < TimeSpan.Zero) return;
        lock (_lock)
        {
            if (_means.Count >= MostKept) _means.Clear();
            var key = Key.Of(work);
            _means[key] = _means.TryGetValue(key, out var mean) ? mean + ((took - mean) * Newest) : took;
        }
    }

    void IBatchObserver.Committed(BatchCommit commit)
    {
        // Of a job that was tried again the start is that of its first attempt.
        foreach (var change in commit.Events)
            if (change is { Status: JobStatus.Succeeded, State: { Attempt: 1, StartedAt: { } started } job })
                Observe(job.Work, change.At - started);
    }

    private readonly record struct Key(JobKind Kind, WorkOperation Operation, string? Model)
    {
        public static Key Of(Work work) => new(work.Kind, work.Operation, work.Model);
    }
}
