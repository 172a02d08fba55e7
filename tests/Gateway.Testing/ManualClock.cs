namespace Gateway.Testing;

/// <summary>
/// A clock that moves only when a test moves it. Its timers fire within <see cref="Advance"/>, on the calling thread and in
/// the order of their due times; between two timers the clock shows the instant of the first.
/// </summary>
public sealed class ManualClock(DateTimeOffset start) : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<ManualTimer> _timers = [];
    private DateTimeOffset _now = start.ToUniversalTime();
    private TaskCompletionSource _timerAdded = NewSignal();

    public ManualClock()
        : this(new DateTimeOffset(2026, 1, 15, 12, 0, 0, TimeSpan.Zero))
    {
    }

    public DateTimeOffset Now => GetUtcNow();

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock) return _now;
    }

    public override long GetTimestamp() => GetUtcNow().UtcTicks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Moves the clock forward and fires what became due on the way.</summary>
    public void Advance(TimeSpan by) => Set(GetUtcNow() + by);

    /// <summary>Moves the clock; backwards fires nothing.</summary>
    public void Set(DateTimeOffset now)
    {
        while (TakeDue(now) is { } due) due.Fire();
        lock (_lock) _now = now.ToUniversalTime();
    }

    /// <summary>Ends when at least <paramref name="count"/> timers wait: the code under test has gone to sleep.</summary>
    public async Task SleepersAsync(int count, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            Task added;
            lock (_lock)
            {
                if (_timers.Count >= count) return;
                added = _timerAdded.Task;
            }

            await added.WaitAsync(cancellationToken);
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ManualTimer? TakeDue(DateTimeOffset until)
    {
        lock (_lock)
        {
            var due = _timers.Where(timer => timer.Due <= until).MinBy(timer => timer.Due);
            if (due is null) return null;
            if (due.Due > _now) _now = due.Due;
            due.Reschedule();
            return due;
        }
    }

    private sealed class ManualTimer(ManualClock clock, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan _period = Timeout.InfiniteTimeSpan;

        public DateTimeOffset Due { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock._lock)
            {
                clock._timers.Remove(this);
                if (dueTime == Timeout.InfiniteTimeSpan) return true;
                _period = period;
                Due = clock._now + dueTime;
                clock._timers.Add(this);
                clock._timerAdded.TrySetResult();
                clock._timerAdded = NewSignal();
            }

            // The system's timers fire at once when nothing is to wait for; so does this one, though on a thread of the pool.
            if (dueTime == TimeSpan.Zero) ThreadPool.QueueUserWorkItem(_ => FireIfDue());
            return true;
        }

        /// <summary>Called under the clock's lock.</summary>
        public void Reschedule()
        {
            clock._timers.Remove(this);
            if (_period == Timeout.InfiniteTimeSpan || _period == TimeSpan.Zero) return;
            Due += _period;
            clock._timers.Add(this);
        }

        public void Fire() => callback(state);

        public void Dispose()
        {
            lock (clock._lock) clock._timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private void FireIfDue()
        {
            lock (clock._lock)
            {
                if (!clock._timers.Contains(this) || Due > clock._now) return;
                Reschedule();
            }

            Fire();
        }
    }
}
