using System.Text;
using System.Text.Json;

namespace Gateway.Grains.Upstreams;

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

/// <summary>Finds single values in JSON that otherwise stays the bytes it came as: no tree, no re-serialisation.</summary>
internal static class JsonValues
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 128 };

    /// <summary>The scalars at these paths, in their order. Empty for what is no JSON.</summary>
    public static List<JsonScalar> Find(ReadOnlySpan<byte> json, params string[] paths) => Find(json, StringComparison.Ordinal, paths);

    /// <summary>
    /// The scalars at these paths, whatever the case of their names: readers such as Go's take <c>File_Id</c> for
    /// <c>file_id</c>, so what must not reach them under one spelling must not under any.
    /// </summary>
    public static List<JsonScalar> FindAnyCase(ReadOnlySpan<byte> json, params string[] paths) => Find(json, StringComparison.OrdinalIgnoreCase, paths);

    private static List<JsonScalar> Find(ReadOnlySpan<byte> json, StringComparison names, string[] paths)
    {
        List<JsonScalar> found = [];
        try
        {
            var reader = new Utf8JsonReader(json, Options);
            if (reader.Read()) Walk(ref reader, "", names, paths, found);
        }
        catch (JsonException)
        {
            found.Clear();
        }

        return found;
    }

    /// <summary>The first value at the path, as text; null when there is none.</summary>
    public static string? Text(ReadOnlySpan<byte> json, string path) =>
        Find(json, path) is [var value, ..] ? value.Text(json) : null;

    private static void Walk(ref Utf8JsonReader reader, string path, StringComparison names, string[] wanted, List<JsonScalar> found)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                {
                    var name = names == StringComparison.Ordinal ? NameOf(ref reader) : Folded(NameOf(ref reader));
                    reader.Read();
                    Enter(ref reader, path.Length == 0 ? name : $"{path}.{name}", names, wanted, found);
                }

                break;
            case JsonTokenType.StartArray:
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray) Enter(ref reader, path + "[]", names, wanted, found);
                break;
            default:
                if (Array.Exists(wanted, goal => goal.Equals(path, names))) found.Add(new JsonScalar(path, reader.TokenType, (int)reader.TokenStartIndex..(int)reader.BytesConsumed));
                break;
        }
    }

    // What leads nowhere is skipped: a picture of megabytes costs one pass and no memory.
    private static void Enter(ref Utf8JsonReader reader, string path, StringComparison names, string[] wanted, List<JsonScalar> found)
    {
        foreach (var goal in wanted)
        {
            if (!goal.StartsWith(path, names)) continue;
            Walk(ref reader, path, names, wanted, found);
            return;
        }

        reader.Skip();
    }

    // The two letters beyond ASCII that fold to one of ASCII's: the Kelvin sign and the long s.
    private static string Folded(string name) => name.Replace('\u212a', 'k').Replace('\u017f', 's');

    /// <summary>The name a property reads as: escapes hide nothing. Half a surrogate pair is no name of ours.</summary>
    public static string NameOf(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            return "\ufffd";
        }
    }
}
