namespace Gateway.Grains.Routing;

/// <summary>Which team goes first: the smallest.</summary>
internal readonly record struct TeamRank(bool HoldsShare, int Class, double Start, DateTimeOffset Since) : IComparable<TeamRank>
{
    public int CompareTo(TeamRank other) =>
        HoldsShare.CompareTo(other.HoldsShare) is var byHeld and not 0 ? byHeld
        : Class.CompareTo(other.Class) is var byClass and not 0 ? byClass
        : Start.CompareTo(other.Start) is var byShare and not 0 ? byShare
        : Since.CompareTo(other.Since);
}
