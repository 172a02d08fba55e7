using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Gateway.Model.Accounts;

/// <summary>
/// How much happened in the last minute, in buckets of five seconds: the running one and the twelve before it. A bucket
/// leaves as a whole, so the window is up to five seconds longer than a minute and never shorter: it errs on the side the
/// vendor does not punish.
/// </summary>
/// <param name="First">The number of the oldest bucket kept, counted from the epoch: the same on every node.</param>
/// <param name="Counts">What happened in each bucket, oldest first.</param>
internal sealed record RateWindow(long First, ImmutableArray<long> Counts)
{
    /// <summary>Fine enough that a full minute is over at most a twelfth late, coarse enough to stay a few numbers in a hot row.</summary>
    public static readonly TimeSpan Bucket = TimeSpan.FromSeconds(5);

    private const int Buckets = 12;

    private long Last => First + Counts.Length - 1;

    /// <summary>The window with <paramref name="amount"/> more; buckets that have left are dropped.</summary>
    public static RateWindow Add(RateWindow? window, long amount, DateTimeOffset now)
    {
        // A clock that went back counts into the newest bucket: it stays longer, never shorter.
        var number = Math.Max(NumberOf(now), window?.Last ?? 0);
        var first = window is null ? number : Math.Min(Math.Max(window.First, number - Buckets), number);
        var counts = new long[number - first + 1];
        for (var bucket = first; window is not null && bucket <= window.Last; bucket++)
            counts[bucket - first] = window.Counts[(int)(bucket - window.First)];
        counts[^1] += amount;
        return new RateWindow(first, ImmutableCollectionsMarshal.AsImmutableArray(counts));
    }

    /// <summary>The window without one of what was counted at <paramref name="at"/>; unchanged when that has left.</summary>
    public RateWindow TakeBack(DateTimeOffset at)
    {
        var index = NumberOf(at) - First;
        return index >= 0 && index < Counts.Length && Counts[(int)index] > 0
            ? this with { Counts = Counts.SetItem((int)index, Counts[(int)index] - 1) }
            : this;
    }

    /// <summary>What is in the window now.</summary>
    public long Sum(DateTimeOffset now)
    {
        var sum = 0L;
        for (var index = Math.Max(0, NumberOf(now) - Buckets - First); index < Counts.Length; index++) sum += Counts[(int)index];
        return sum;
    }

    /// <summary>When the next bucket leaves; null when there is none left to leave.</summary>
    public DateTimeOffset? NextLeaves(DateTimeOffset now)
    {
        for (var index = Math.Max(0, NumberOf(now) - Buckets - First); index < Counts.Length; index++)
            if (Counts[(int)index] > 0) return DateTimeOffset.UnixEpoch + (Bucket * (First + index + Buckets + 1));
        return null;
    }

    private static long NumberOf(DateTimeOffset at) => (at.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) / Bucket.Ticks;
}
