namespace Gateway.Engine.Storage;

internal static class DataCopy
{
    /// <summary>The setting that holds the mark.</summary>
    public const string Setting = "copy_of";

    /// <summary>
    /// How far the feed leaps: more places than a gateway gives out in years (10,000 a second for three), and room for millions of leaps.
    /// </summary>
    public const long Leap = 1L << 40;
}
