using Gateway.Grains.Accounts;

namespace Gateway.Grains.Upstreams;

/// <summary>What an answer reports of its cost.</summary>
/// <param name="Units">How many times the work's price: pictures, seconds, started thousands of characters or tokens; null where nothing is reported.</param>
/// <param name="Tokens">Tokens read and written; null where nothing is reported.</param>
internal readonly record struct Usage(long? Units, long? Tokens)
{
    public static readonly Usage Unreported = new(null, null);

    /// <summary>Started thousands: what characters and tokens are priced by, asked for or reported.</summary>
    public static long Thousands(long count) => (count + 999) / 1000;

    /// <summary>How work ends that was done: what was reserved is the price times the units asked for.</summary>
    /// <param name="reserved">The reserve.</param>
    /// <param name="asked">The units it was for.</param>
    public Settlement.Done Settle(long reserved, int asked) => new(Units is { } units ? reserved * units / asked : null, Tokens);
}
