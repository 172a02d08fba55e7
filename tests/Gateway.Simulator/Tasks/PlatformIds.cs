namespace Gateway.Simulator;

/// <summary>Ids of tasks, files and links.</summary>
internal sealed class PlatformIds(TimeProvider clock)
{
    // Hundredths of a millisecond: 15 digits, and a simulator started later does not hand out the same ids again.
    private readonly long _first = clock.GetUtcNow().ToUnixTimeMilliseconds() * 100;
    private long _handedOut;

    public long Next() => _first + Interlocked.Increment(ref _handedOut);

    /// <summary>18 digits: beyond what a double holds, as on the platform.</summary>
    public long NextFile() => FileOf(Next());

    public static long FileOf(long id) => id * 1000 + 7;
}
