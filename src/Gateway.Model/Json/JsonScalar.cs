using System.Text;
using System.Text.Json;

namespace Gateway.Model.Json;

/// <summary>A scalar in a JSON text.</summary>
/// <param name="Path">Names joined by dots, an array as <c>[]</c>: <c>timbre_weights[].voice_id</c>.</param>
/// <param name="Type">What it is.</param>
/// <param name="Bytes">Where it stands, quotes included.</param>
internal readonly record struct JsonScalar(string Path, JsonTokenType Type, Range Bytes)
{
    /// <summary>The text of a string or the digits of a number; null for anything else, or for a string that is no valid text.</summary>
    public string? Text(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json[Bytes]);
        reader.Read();
        try
        {
            return Type switch
            {
                JsonTokenType.String => reader.GetString(),
                JsonTokenType.Number => Encoding.ASCII.GetString(reader.ValueSpan),
                _ => null,
            };
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
