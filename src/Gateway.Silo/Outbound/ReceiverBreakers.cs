namespace Gateway.Silo.Outbound;

/// <summary>
/// Receivers that failed many times in a row rest, all their messages with them; then one message probes. One that hangs rests sooner:
/// each of its tries takes up a lane for as long as it may. In this node's memory: a restart may ask a dead receiver once more.
/// </summary>
internal sealed class ReceiverBreakers(WebhookOptions options, TimeProvider time)
{
    private const int MostKept = 10_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Breaker> _failing = [];

    /// <summary>When a receiver may be called; the past while nothing is wrong with it.</summary>
    public DateTimeOffset OpensAt(string host)
    {
        lock (_lock)
            return _failing.TryGetValue(host, out var breaker) && IsTripped(breaker) ? breaker.RestsUntil : DateTimeOffset.MinValue;
    }

    /// <summary>How many messages may be taken up for a receiver that may be called: all there is room for, or one probe.</summary>
    public int Admit(string host, int room)
    {
        lock (_lock)
        {
            if (!_failing.TryGetValue(host, out var breaker) || !IsTripped(breaker)) return room;
            // Nobody else until the probe is heard of.
            _failing[host] = breaker with { RestsUntil = time.GetUtcNow() + options.Timeout + options.BreakerRest };
            return 1;
        }
    }

    public void Hear(string host, PostOutcome outcome)
    {
        if (outcome is PostOutcome.Disabled) return; // it was not called
        lock (_lock)
        {
            if (outcome is { IsSuccess: true } or { IsFinal: true })
            {
                _failing.Remove(host);
                return;
            }

            if (_failing.Count >= MostKept) _failing.Clear(); // a flood of made-up receivers costs tries, not memory
            var before = _failing.GetValueOrDefault(host);
            var silences = outcome is PostOutcome.Unreached { IsSilent: true } ? before.Silences + 1 : 0;
            _failing[host] = new Breaker(before.Failures + 1, silences, time.GetUtcNow() + Rest);
        }
    }

    // What is tried again sooner than that must not be kept longer.
    private TimeSpan Rest => options.BreakerRest < options.LongestRetry ? options.BreakerRest : options.LongestRetry;

    private bool IsTripped(Breaker breaker) => breaker.Failures >= options.BreakerAfter || breaker.Silences >= options.BreakerAfterTimeouts;

    private readonly record struct Breaker(int Failures, int Silences, DateTimeOffset RestsUntil);
}
