using Gateway.Model.Ids;

namespace Gateway.Model.Jobs;

/// <summary>A caller's own name for a submit, unique in its team.</summary>
internal sealed record IdempotencyKey(TeamId Team, string Key) : IComparable<IdempotencyKey>
{
    /// <summary>The longest key accepted.</summary>
    public const int MaxLength = 255;

    /// <summary>How long a key is kept at least; jobs outlive their keys (P5).</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromHours(24);

    // Ordinal and sorted: the lock order of T4.
    public int CompareTo(IdempotencyKey? other) =>
        other is null ? 1
        : string.CompareOrdinal(Team.Value, other.Team.Value) is var byTeam and not 0 ? byTeam
        : string.CompareOrdinal(Key, other.Key);
}
