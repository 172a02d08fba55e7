namespace Gateway.Model.Ids;

/// <summary>
/// How the numbers of jobs and assets are written for callers. What is stored has 63 bits, and earlier versions showed it as it
/// was; a JSON number above 2^53 does not survive JavaScript. An id that carries <see cref="Mark"/> is shown without it, in 53 bits; any
/// other was given out whole and is shown whole for ever.
/// </summary>
internal static class ShortIds
{
    /// <summary>Below the milliseconds: what tells ids of one millisecond apart.</summary>
    public const int LowBits = 12;

    /// <summary>Between the two: the number of the node that made an id, or the mark.</summary>
    public const int MiddleBits = 10;

    /// <summary>
    /// In the place of a node's number. No node ever had this one: numbers used to be given out from the lowest, so it would have taken
    /// 1,024 live nodes, and they now end below it.
    /// </summary>
    public const long Mark = (1 << MiddleBits) - 1;

    private const long Low = (1 << LowBits) - 1;
    private const long FirstWhole = 1L << 53; // ids made since 25 January 2025 are above it when they are whole

    /// <summary>What callers see.</summary>
    public static long Shown(long stored) => IsShort(stored) ? (stored >> (LowBits + MiddleBits) << LowBits) | (stored & Low) : stored;

    /// <summary>What is stored for a number that callers name; of any positive one, whoever made it up.</summary>
    public static long Stored(long shown) => shown < FirstWhole ? Of(shown >> LowBits, shown & Low) : shown;

    /// <summary>The id with these milliseconds and these bits below them.</summary>
    public static long Of(long milliseconds, long low) => (milliseconds << (LowBits + MiddleBits)) | (Mark << LowBits) | low;

    private static bool IsShort(long stored) => ((stored >> LowBits) & Mark) == Mark;
}
