namespace Gateway.Grains.Jobs;

/// <summary>
/// Makes job ids that no other live node makes: 41 bits of milliseconds since 2025, 10 bits of node number, 12 bits of counter.
/// Rising on one node even when the clock steps back, because the queue orders equal priorities by id.
/// </summary>
internal sealed class JobIdSource(TimeProvider time, int nodeNumber)
{
    /// <summary>Node numbers are 0 … 1023; the node table hands them out.</summary>
    public const int NodeNumbers = 1024;

    private const int CounterBits = 12;
    private const int NodeBits = 10;
    private static readonly long Epoch = new DateTimeOffset(2025, 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();

    private long _last;

    /// <summary>The smallest id that can be made at <paramref name="instant"/>: ids below it are older.</summary>
    public static JobId FirstAt(DateTimeOffset instant) =>
        new(Math.Max(1, (instant.ToUnixTimeMilliseconds() - Epoch) << (CounterBits + NodeBits)));

    /// <summary>When an id was made.</summary>
    public static DateTimeOffset MadeAt(JobId id) => DateTimeOffset.FromUnixTimeMilliseconds((id.Value >> (CounterBits + NodeBits)) + Epoch);

    public JobId Next()
    {
        while (true)
        {
            var last = Interlocked.Read(ref _last);
            var fromClock = (time.GetUtcNow().ToUnixTimeMilliseconds() - Epoch) << CounterBits;
            var next = Math.Max(last + 1, fromClock); // more than 4,096 in a millisecond borrow from the next one
            if (Interlocked.CompareExchange(ref _last, next, last) == last)
                return new JobId(((next >> CounterBits) << (CounterBits + NodeBits)) | ((long)nodeNumber << CounterBits) | (next & ((1 << CounterBits) - 1)));
        }
    }
}
