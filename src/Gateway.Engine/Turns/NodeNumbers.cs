namespace Gateway.Engine.Turns;

/// <summary>
/// The numbers of live nodes, which the node table hands out, lowest first. They begin where those of versions before short ids never
/// came: these began at 0, so a number tells what its node understands.
/// </summary>
internal static class NodeNumbers
{
    public const int First = 512;

    /// <summary>1023 is no number: it marks a short id.</summary>
    public const int Last = 1022;

    /// <summary>How many of them, from the first, make short ids: six bits' worth. The others' ids are whole.</summary>
    public const int Short = 64;

    public static readonly string AllTaken = $"All {Last - First + 1} node numbers are taken.";
}
