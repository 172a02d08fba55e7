using Gateway.Grains.Turns;

namespace Gateway.Grains.Jobs;

/// <summary>
/// Tells whoever waits for a job that it moved. A signal is only a hint to read the store again (P1): it may come late or
/// twice. A waiter costs memory, not queries.
/// </summary>
internal sealed class JobSignals : IBatchObserver
{
    private readonly Lock _lock = new();
    private readonly Dictionary<JobId, Subscribers> _jobs = [];

    /// <summary>Subscribes; subscribe first, then read the store, then wait (P1).</summary>
    public Subscription Subscribe(JobId job)
    {
        lock (_lock)
        {
            if (!_jobs.TryGetValue(job, out var subscribers)) _jobs[job] = subscribers = new Subscribers();
            subscribers.Count++;
            return new Subscription(this, job, subscribers);
        }
    }

    void IBatchObserver.Committed(BatchCommit commit)
    {
        foreach (var change in commit.Events) Pulse(change.Job);
    }

    private void Pulse(JobId job)
    {
        TaskCompletionSource pulse;
        lock (_lock)
        {
            if (!_jobs.TryGetValue(job, out var subscribers)) return;
            pulse = subscribers.Pulse;
            subscribers.Pulse = NewPulse();
        }

        pulse.TrySetResult();
    }

    private static TaskCompletionSource NewPulse() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private sealed class Subscribers
    {
        public int Count { get; set; }

        public TaskCompletionSource Pulse { get; set; } = NewPulse();
    }

    /// <summary>One waiter's place; dispose it to leave.</summary>
    internal sealed class Subscription : IDisposable
    {
        private readonly JobSignals _signals;
        private readonly JobId _job;
        private readonly Subscribers _subscribers;

        internal Subscription(JobSignals signals, JobId job, object subscribers)
        {
            _signals = signals;
            _job = job;
            _subscribers = (Subscribers)subscribers;
        }

        /// <summary>Ends with the job's next move. Take it before reading, so that a move in between is not lost.</summary>
        public Task NextMove()
        {
            lock (_signals._lock) return _subscribers.Pulse.Task;
        }

        public void Dispose()
        {
            lock (_signals._lock)
                if (--_subscribers.Count == 0) _signals._jobs.Remove(_job);
        }
    }
}
