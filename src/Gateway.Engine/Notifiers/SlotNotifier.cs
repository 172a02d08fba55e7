namespace Gateway.Engine.Notifiers;

/// <summary>
/// Wakes whoever waits for a slot: at once when an account opened, and at the earliest instant a refusal named (Q5:
/// release, account change, cool-down end, day roll-over). A pulse says "look again", never "it is yours".
/// </summary>
internal sealed class SlotNotifier : IDisposable
{
    // Refusals are judged by the store's clock: wake a moment after the instant, not a moment before.
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(20);

    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private readonly ITimer _timer;
    private readonly List<Action> _listeners = [];
    private TaskCompletionSource _pulse = NewPulse();
    private DateTimeOffset? _due;

    public SlotNotifier(TimeProvider time)
    {
        _time = time;
        _timer = time.CreateTimer(
            static signal => ((SlotNotifier)signal!).TimeIsUp(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Adds one who is told of every pulse; at start, and it must not wait.</summary>
    public void Listen(Action listener) => _listeners.Add(listener);

    /// <summary>Ends with the next pulse. Take it before looking, so that a pulse in between is not lost.</summary>
    public Task NextPulse()
    {
        lock (_lock) return _pulse.Task;
    }

    public void Pulse()
    {
        TaskCompletionSource pulse;
        lock (_lock)
        {
            pulse = _pulse;
            _pulse = NewPulse();
        }

        pulse.TrySetResult();
        foreach (var listener in _listeners) listener();
    }

    /// <summary>Pulses at an instant; of several the earliest counts, and who is woken too early asks again.</summary>
    public void WakeAt(DateTimeOffset? instant)
    {
        if (instant is not { } at) return;
        lock (_lock)
        {
            if (_due <= at) return;
            _due = at;
            var wait = at - _time.GetUtcNow() + Grace;
            // Timers reach 49 days; a later instant is looked at again then.
            _timer.Change(wait < Grace ? Grace : wait > TimeSpan.FromDays(30) ? TimeSpan.FromDays(30) : wait, Timeout.InfiniteTimeSpan);
        }
    }

    public void Dispose() => _timer.Dispose();

    private void TimeIsUp()
    {
        lock (_lock) _due = null;
        Pulse();
    }

    private static TaskCompletionSource NewPulse() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
