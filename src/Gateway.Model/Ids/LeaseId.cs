using System.Text.Json;
using System.Text.Json.Serialization;

namespace Gateway.Model.Ids;

/// <summary>The id of one lease. Used once: a released id never comes back (L1).</summary>
[JsonConverter(typeof(Json))]
internal readonly record struct LeaseId(string Value)
{
    /// <summary>A fresh id; made outside turns, so that a turn that runs again grants the same lease.</summary>
    public static LeaseId New() => new(Guid.CreateVersion7().ToString("N"));

    public override string ToString() => Value;

    internal sealed class Json : JsonConverter<LeaseId>
    {
        public override LeaseId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            new(reader.GetString()!);

        public override void Write(Utf8JsonWriter writer, LeaseId value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.Value);
    }
}
