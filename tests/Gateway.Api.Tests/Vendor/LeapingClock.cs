namespace Gateway.Api.Tests.Vendor;

/// <summary>
/// A clock that ticks like the machine's and can leap ahead, timers and all: what would have come due meanwhile comes due at once.
/// Minutes of silence are tried with it in no time.
/// </summary>
internal sealed class LeapingClock : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly HashSet<LeapingTimer> _timers = [];
    private TimeSpan _ahead;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock) return System.GetUtcNow() + _ahead;
    }

    public override long GetTimestamp()
    {
        lock (_lock) return (System.GetElapsedTime(0) + _ahead).Ticks;
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new LeapingTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    public void Leap(TimeSpan by)
    {
        lock (_lock)
        {
            _ahead += by;
            foreach (var timer in _timers) timer.Bring(by);
        }
    }

    private sealed class LeapingTimer : ITimer
    {
        private readonly LeapingClock _clock;
        private readonly ITimer _inner;
        private TimeSpan _period = Timeout.InfiniteTimeSpan;
        private long _due;

        public LeapingTimer(LeapingClock clock, TimerCallback callback, object? state)
        {
            _clock = clock;
            _inner = System.CreateTimer(_ => Fire(callback, state), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (_clock._lock)
            {
                _period = period;
                return Set(dueTime);
            }
        }

        /// <summary>Called under the clock's lock.</summary>
        public void Bring(TimeSpan by)
        {
            var left = TimeSpan.FromTicks(_due - System.GetElapsedTime(0).Ticks) - by;
            Set(left > TimeSpan.Zero ? left : TimeSpan.Zero);
        }

        public void Dispose()
        {
            lock (_clock._lock) _clock._timers.Remove(this);
            _inner.Dispose();
        }

        public async ValueTask DisposeAsync()
        {
            lock (_clock._lock) _clock._timers.Remove(this);
            await _inner.DisposeAsync();
        }

        private bool Set(TimeSpan dueTime)
        {
            if (dueTime == Timeout.InfiniteTimeSpan) _clock._timers.Remove(this);
            else _clock._timers.Add(this);
            _due = (System.GetElapsedTime(0) + dueTime).Ticks;
            return _inner.Change(dueTime, Timeout.InfiniteTimeSpan);
        }

        private void Fire(TimerCallback callback, object? state)
        {
            lock (_clock._lock)
            {
                if (!_clock._timers.Contains(this)) return;
                Set(_period == TimeSpan.Zero ? Timeout.InfiniteTimeSpan : _period);
            }

            callback(state);
        }
    }
}
