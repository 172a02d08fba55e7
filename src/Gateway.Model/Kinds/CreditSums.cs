namespace Gateway.Model.Kinds;

/// <summary>
/// Sums and products of credits that stop at the largest number there is: a sum that wrapped around would turn the dearest work into
/// the cheapest. Nothing that is written down ever comes near it; what was, before reports were held to their reserve, may.
/// </summary>
internal static class CreditSums
{
    public static long Plus(long one, long other)
    {
        var sum = unchecked(one + other);
        // Wrapped where both have one sign and the sum has the other.
        return ((one ^ sum) & (other ^ sum)) >= 0 ? sum : one < 0 ? long.MinValue : long.MaxValue;
    }

    public static long Times(long price, long units) => Clamped((Int128)price * units);

    /// <summary>A part of a reserve: exact, though reserve times part may be no <c>long</c>.</summary>
    public static long Share(long reserved, long part, long whole) => whole <= 0 ? reserved : Clamped((Int128)reserved * part / whole);

    private static long Clamped(Int128 value) =>
        value > long.MaxValue ? long.MaxValue : value < long.MinValue ? long.MinValue : (long)value;
}
