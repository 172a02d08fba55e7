namespace Gateway.Engine.Storage;

/// <summary>
/// The store's clock (T5): one reading per batch, taken after the locks, that never runs backwards. PostgreSQL reads
/// <c>clock_timestamp()</c>, SQLite the machine's clock; tests put their own in its place.
/// </summary>
internal sealed class StoreClock(TimeProvider? replacement = null)
{
    private readonly Lock _lock = new();
    private DateTimeOffset _last;
    private long _readAt = TimeProvider.System.GetTimestamp();

    /// <summary>Whether tests' own clock stands for the database's.</summary>
    public bool IsReplaced => replacement is not null;

    /// <summary>The last reading and the time this machine has measured since.</summary>
    public DateTimeOffset CarriedOn
    {
        get
        {
            lock (_lock) return _last + TimeProvider.System.GetElapsedTime(_readAt);
        }
    }

    /// <summary>The batch's now.</summary>
    /// <param name="reading">What the database, or the machine, says.</param>
    public DateTimeOffset Read(DateTimeOffset reading)
    {
        // Whole microseconds: what PostgreSQL can store, so that a saved instant equals the decided one.
        var now = replacement?.GetUtcNow() ?? reading;
        now = now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond));
        lock (_lock)
        {
            _readAt = TimeProvider.System.GetTimestamp();
            return _last = now > _last ? now : _last;
        }
    }

    /// <summary>Starts no earlier than what an earlier process has written.</summary>
    public void NotBefore(DateTimeOffset floor)
    {
        lock (_lock) _last = floor > _last ? floor : _last;
    }
}
