using Microsoft.Extensions.Time.Testing;

namespace Gateway.Testing;

/// <summary>
/// A clock that moves only when a test moves it. Its timers fire within <see cref="FakeTimeProvider.Advance"/>, on the calling
/// thread. What it has beyond its base: a test can wait until the code under test has gone to sleep, and can put it back.
/// </summary>
internal sealed class ManualClock(DateTimeOffset start) : FakeTimeProvider(start)
{
    private readonly Lock _lock = new();
    private readonly HashSet<WatchedTimer> _waiting = [];
    private TaskCompletionSource _timerAdded = NewSignal();

    public ManualClock()
        : this(new DateTimeOffset(2026, 1, 15, 12, 0, 0, TimeSpan.Zero))
    {
    }

    public DateTimeOffset Now => GetUtcNow();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new WatchedTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Moves the clock; backwards fires nothing.</summary>
    public void Set(DateTimeOffset now)
    {
        if (now < Now) AdjustTime(now);
        else SetUtcNow(now);
    }

    /// <summary>Ends when at least <paramref name="count"/> timers wait: the code under test has gone to sleep.</summary>
    public async Task SleepersAsync(int count, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            Task added;
            lock (_lock)
            {
                if (_waiting.Count >= count) return;
                added = _timerAdded.Task;
            }

            await added.WaitAsync(cancellationToken);
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ITimer CreateFakeTimer(TimerCallback callback) =>
        base.CreateTimer(callback, null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    private void Waits(WatchedTimer timer)
    {
        lock (_lock)
        {
            _waiting.Add(timer);
            _timerAdded.TrySetResult();
            _timerAdded = NewSignal();
        }
    }

    private void WaitsNoMore(WatchedTimer timer)
    {
        lock (_lock) _waiting.Remove(timer);
    }

    /// <summary>A timer of the base that says when it waits.</summary>
    private sealed class WatchedTimer : ITimer
    {
        private readonly ManualClock _clock;
        private readonly ITimer _timer;
        private bool _repeats;

        public WatchedTimer(ManualClock clock, TimerCallback callback, object? state)
        {
            _clock = clock;
            _timer = clock.CreateFakeTimer(_ =>
            {
                if (!_repeats) clock.WaitsNoMore(this);
                callback(state);
            });
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            _repeats = period > TimeSpan.Zero;
            _clock.WaitsNoMore(this);
            // Told before it is set: one that is due at once fires within this call.
            if (dueTime != Timeout.InfiniteTimeSpan) _clock.Waits(this);
            return _timer.Change(dueTime, period);
        }

        public void Dispose()
        {
            _clock.WaitsNoMore(this);
            _timer.Dispose();
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
