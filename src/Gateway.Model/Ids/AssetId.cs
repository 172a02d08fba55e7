using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Gateway.Model.Ids;

/// <summary>
/// The gateway's id of an asset: from the same numbers as job ids, because MiniMax's files have one space of ids for both.
/// </summary>
/// <param name="Value">As it is stored. Callers see <see cref="Shown"/>.</param>
[JsonConverter(typeof(Json))]
internal readonly record struct AssetId(long Value)
{
    /// <summary>The number callers know it by, in whatever they are sent.</summary>
    public long Shown => ShortIds.Shown(Value);

    /// <summary>Reads what callers write.</summary>
    public static bool TryParse(string? text, out AssetId id)
    {
        var ok = JobId.TryParse(text, out var parsed);
        id = new AssetId(parsed.Value);
        return ok;
    }

    /// <summary>As callers see it.</summary>
    public override string ToString() => Shown.ToString(CultureInfo.InvariantCulture);

    internal sealed class Json : JsonConverter<AssetId>
    {
        public override AssetId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            new(reader.GetInt64());

        public override void Write(Utf8JsonWriter writer, AssetId value, JsonSerializerOptions options) =>
            writer.WriteNumberValue(value.Value);
    }
}
