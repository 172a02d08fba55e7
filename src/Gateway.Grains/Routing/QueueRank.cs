namespace Gateway.Grains.Routing;

/// <summary>Which of a team's queues goes first: the smallest.</summary>
internal readonly record struct QueueRank(int Level, DateTimeOffset Since) : IComparable<QueueRank>
{
    public int CompareTo(QueueRank other) => Level.CompareTo(other.Level) is var byLevel and not 0 ? byLevel : Since.CompareTo(other.Since);
}
