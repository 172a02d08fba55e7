using System.Text.Json;
using System.Text.Json.Serialization;

namespace Gateway.Model.Ids;

/// <summary>The id of a team; <see cref="Default"/> always exists.</summary>
[JsonConverter(typeof(Json))]
internal readonly record struct TeamId(string Value) : IComparable<TeamId>
{
    /// <summary>The team of the admin token's submits.</summary>
    public static readonly TeamId Default = new("default");

    public static TeamId New() => new("team_" + Guid.CreateVersion7().ToString("N"));

    /// <summary>The longest id accepted.</summary>
    public const int MaxLength = 64;

    public static bool TryParse(string? text, out TeamId id)
    {
        id = new TeamId(text ?? "");
        return text is { Length: > 0 and <= MaxLength } && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-');
    }

    public int CompareTo(TeamId other) => string.CompareOrdinal(Value, other.Value);

    public override string ToString() => Value;

    internal sealed class Json : JsonConverter<TeamId>
    {
        public override TeamId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            new(reader.GetString()!);

        public override void Write(Utf8JsonWriter writer, TeamId value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.Value);
    }
}
