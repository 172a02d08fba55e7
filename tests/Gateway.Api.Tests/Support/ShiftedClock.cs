namespace Gateway.Api.Tests.Support;

/// <summary>A clock that ticks like the machine's but shows another time: timers and deadlines run as they would then.</summary>
internal sealed class ShiftedClock(DateTimeOffset showsNow) : TimeProvider
{
    private readonly TimeSpan _shift = showsNow - System.GetUtcNow();

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + _shift;
}
