namespace Gateway.Engine.Storage;

/// <summary>
/// The time of day of a node that shares its database: the store's clock, carried on from its last reading by what this machine
/// measures. What is written down by one node's time is judged by another's, and machines do not agree on the time of day.
/// </summary>
internal sealed class StoreTime(StoreClock clock, TimeProvider machine) : TimeProvider
{
    public override TimeZoneInfo LocalTimeZone => machine.LocalTimeZone;

    public override long TimestampFrequency => machine.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => clock.CarriedOn;

    public override long GetTimestamp() => machine.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        machine.CreateTimer(callback, state, dueTime, period);
}
