namespace Gateway.Api.Tests.Support;

/// <summary>
/// A clock that ticks like the machine's, so that timers and deadlines run, but shows another time and can be put forward.
/// </summary>
internal sealed class ShiftedClock : TimeProvider
{
    private long _shift;
    private long _ahead;

    public override DateTimeOffset GetUtcNow() =>
        System.GetUtcNow() + TimeSpan.FromTicks(Interlocked.Read(ref _shift) + Interlocked.Read(ref _ahead));

    public override long GetTimestamp() =>
        System.GetTimestamp() + (Interlocked.Read(ref _ahead) * (TimestampFrequency / TimeSpan.TicksPerSecond));

    /// <summary>Shows this time from now on.</summary>
    public void Show(DateTimeOffset now) => Interlocked.Add(ref _shift, (now - GetUtcNow()).Ticks);

    /// <summary>Puts it forward, for what reads it; timers that wait go on waiting.</summary>
    public void Advance(TimeSpan by) => Interlocked.Add(ref _ahead, by.Ticks);
}
