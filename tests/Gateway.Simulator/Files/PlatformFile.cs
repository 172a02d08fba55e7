using System.Text.Json.Nodes;

namespace Gateway.Simulator;

/// <summary>A file of a key: uploaded by it, or the result of one of its tasks.</summary>
internal sealed record PlatformFile(long Id, string Key, string Purpose, string Name, int Length, DateTimeOffset CreatedAt)
{
    public required Func<byte[]> Content { get; init; }

    /// <summary>Null: it stays.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    public string Extension => Path.GetExtension(Name).TrimStart('.').ToLowerInvariant() is { Length: > 0 } extension ? extension : "bin";

    public string ContentType => MediaFile.TypeOf(Extension);

    public JsonObject Describe() => new()
    {
        ["file_id"] = Id,
        ["bytes"] = Length,
        ["created_at"] = CreatedAt.ToUnixTimeSeconds(),
        ["filename"] = Name,
        ["purpose"] = Purpose,
    };
}
