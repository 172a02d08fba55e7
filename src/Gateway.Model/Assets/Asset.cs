using Gateway.Model.Ids;
using Gateway.Model.Kinds;

namespace Gateway.Model.Assets;

/// <summary>
/// Something a team made on an account outside of a job. Whatever names it later must run on that account, because no other
/// knows it.
/// </summary>
internal sealed record Asset
{
    public required AssetId Id { get; init; }

    public required TeamId Team { get; init; }

    public required AssetKind Kind { get; init; }

    /// <summary>The account it lives on.</summary>
    public required AccountId Account { get; init; }

    /// <summary>What that account calls it.</summary>
    public required string UpstreamId { get; init; }

    /// <summary>What it is for: a file's purpose, a voice's type.</summary>
    public string? Purpose { get; init; }

    public string? FileName { get; init; }

    public long? Bytes { get; init; }

    /// <summary>The file this is a copy of on another account; a copy is shown to nobody.</summary>
    public AssetId? CopyOf { get; init; }

    public DateTimeOffset CreatedAt { get; init; }
}
