using System.Text.Json.Nodes;

namespace Gateway.Simulator;

/// <summary>A voice a key made: <c>voice_cloning</c> or <c>voice_generation</c>.</summary>
internal sealed class Voice(string id, string key, string type, string description, DateTimeOffset createdAt)
{
    private long _usedAt = createdAt.UtcTicks;

    public string Id { get; } = id;

    public string Key { get; } = key;

    public string Type { get; } = type;

    public string CreatedOn { get; } = $"{createdAt:yyyy-MM-dd}";

    public DateTimeOffset UsedAt
    {
        get => new(Volatile.Read(ref _usedAt), TimeSpan.Zero);
        set => Volatile.Write(ref _usedAt, value.UtcTicks);
    }

    public JsonObject Describe() => new()
    {
        ["voice_id"] = Id,
        ["description"] = description.Length > 0 ? new JsonArray(description) : [],
        ["created_time"] = CreatedOn,
    };
}
