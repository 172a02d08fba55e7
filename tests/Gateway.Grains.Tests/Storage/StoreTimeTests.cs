using Gateway.Engine.Storage;
using Gateway.Testing;

namespace Gateway.Grains.Tests.Storage;

/// <summary>The store's clock, and the time of day of nodes that share one.</summary>
public sealed class StoreTimeTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(-5)]
    [InlineData(5)]
    public void T5_a_node_whose_machine_is_minutes_off_shows_the_stores_time(int minutesOff)
    {
        var clock = new StoreClock();
        clock.Read(Noon);
        var time = new StoreTime(clock, new ManualClock(Noon.AddMinutes(minutesOff)));
        Assert.InRange(time.GetUtcNow(), Noon, Noon.AddMinutes(1)); // the reading, and what has passed since
    }

    [Fact]
    public void Its_timers_and_timestamps_are_the_machines()
    {
        var machine = new ManualClock(Noon.AddMinutes(5));
        var time = new StoreTime(new StoreClock(), machine);
        var (fired, before) = (0, time.GetTimestamp());
        using var timer = time.CreateTimer(_ => fired++, state: null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);
        machine.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal((1, TimeSpan.FromSeconds(2)), (fired, time.GetElapsedTime(before)));
    }

    [Fact]
    public void T5_the_stores_clock_never_runs_backwards_and_keeps_whole_microseconds()
    {
        var clock = new StoreClock();
        Assert.Equal(Noon, clock.Read(Noon.AddTicks(9)));
        Assert.Equal(Noon, clock.Read(Noon.AddMinutes(-1)));
        clock.NotBefore(Noon.AddMinutes(1));
        Assert.Equal(Noon.AddMinutes(1), clock.Read(Noon.AddSeconds(1)));
        Assert.Equal(Noon.AddMinutes(2), clock.Read(Noon.AddMinutes(2)));
    }
}
