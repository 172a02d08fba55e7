using Gateway.Model.Queueing;

namespace Gateway.Silo.Outbound;

/// <summary>
/// Pauses between tries: each twice as long as the one before, a fifth more or less, so that what failed together does not come back
/// together.
/// </summary>
internal static class BackOff
{
    /// <summary>The pause after the nth try has failed.</summary>
    public static TimeSpan After(int tries, TimeSpan first, TimeSpan longest, IRandom random)
    {
        // 2^20 times the first pause is beyond every longest one, and within what a double holds.
        var doubled = first * Math.Pow(2, Math.Min(tries - 1, 20));
        return (doubled < longest ? doubled : longest) * (0.8 + (random.Next(401) / 1000.0));
    }
}
