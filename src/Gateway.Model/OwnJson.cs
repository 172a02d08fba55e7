using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Gateway.Model;

/// <summary>How the gateway writes its own JSON, whoever reads it: one encoder and one format of times.</summary>
internal static class OwnJson
{
    /// <summary>
    /// Without escapes that only HTML needs: it is sent as JSON, and they would make the text of other languages six times as long.
    /// </summary>
    public static readonly JavaScriptEncoder Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;

    private const string InstantFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    /// <summary>The options of a context, as the gateway writes.</summary>
    public static JsonSerializerOptions Like(JsonSerializerOptions options)
    {
        var own = new JsonSerializerOptions(options) { Encoder = Encoder };
        own.Converters.Add(new Instant());
        return own;
    }

    /// <summary>An instant in UTC, always with milliseconds: texts of one length, which sort as they follow each other.</summary>
    public static string Write(DateTimeOffset at) => at.UtcDateTime.ToString(InstantFormat, CultureInfo.InvariantCulture);

    private sealed class Instant : JsonConverter<DateTimeOffset>
    {
        public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.GetDateTimeOffset();

        public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options)
        {
            Span<byte> text = stackalloc byte[24];
            value.UtcDateTime.TryFormat(text, out var length, InstantFormat, CultureInfo.InvariantCulture);
            writer.WriteStringValue(text[..length]);
        }
    }
}
