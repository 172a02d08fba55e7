using Gateway.Grains.Teams;

namespace Gateway.Grains.Jobs;

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

/// <summary>The answer a submit gave, kept to be given again.</summary>
internal sealed record StoredAnswer(int Status, string ContentType, byte[] Body, string? Location = null);

/// <summary>A key in use.</summary>
/// <param name="Key">The key.</param>
/// <param name="Fingerprint">Hash of what was submitted: another body under the same key is an error.</param>
/// <param name="Job">The job it made.</param>
/// <param name="ExpiresAt">When it may be forgotten.</param>
/// <param name="Answer">What the submit answered; null until it has.</param>
internal sealed record IdempotencyRecord(IdempotencyKey Key, string Fingerprint, JobId Job, DateTimeOffset ExpiresAt, StoredAnswer? Answer = null);
