using Gateway.Model.Kinds;

namespace Gateway.Model.Accounts;

/// <summary>What an answer reports of its cost.</summary>
/// <param name="Units">How many times the work's price: pictures, seconds, started thousands of characters or tokens; null where nothing is
/// reported.</param>
/// <param name="Tokens">Tokens read and written; null where nothing is reported.</param>
internal readonly record struct Usage(long? Units, long? Tokens)
{
    public static readonly Usage Unreported = new(null, null);

    private const int PerUnit = 1000;

    /// <summary>Started thousands: what characters and tokens are priced by, asked for or reported.</summary>
    public static long Thousands(long count) => (count / PerUnit) + (count % PerUnit > 0 ? 1 : 0);

    /// <summary>Whether more is reported than the work can have cost: its units are the most it may.</summary>
    public bool Exceeds(int asked) => Units > asked;

    /// <summary>
    /// How work ends that was done: what was reserved is the price times the units asked for. What is reported beyond them counts as them
    /// (H15).
    /// </summary>
    /// <param name="reserved">The reserve.</param>
    /// <param name="asked">The units it was for.</param>
    public Settlement.Done Settle(long reserved, int asked) => new(
        Units is { } units ? CreditSums.Share(reserved, Math.Clamp(units, 0, asked), asked) : null,
        Tokens);
}
