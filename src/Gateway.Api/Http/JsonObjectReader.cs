using System.Text.Json;
using System.Text.Unicode;
using Gateway.Model.Json;

namespace Gateway.Api.Http;

/// <summary>
/// Reads the top-level fields of a JSON object in one pass, without building a tree: values the gateway does not need stay
/// bytes. The whole body is checked to be one well-formed object.
/// </summary>
internal static class JsonObjectReader
{
    /// <summary>Far more than any object of ours has. Each takes memory, and may be one more fault to be told.</summary>
    public const int MostFields = 1000;

    /// <summary>A top-level value: its kind and where it stands in the body.</summary>
    internal readonly record struct Field(string Name, JsonTokenType Type, Range Bytes);

    /// <exception cref="ApiException">The body is not one JSON object.</exception>
    public static List<Field> Fields(ReadOnlySpan<byte> body)
    {
        // Values pass through unread: what no upstream can read would count there as its account's failure.
        if (!Utf8.IsValid(body)) throw new ApiException(ApiError.MalformedJson("it is not valid UTF-8"));
        try
        {
            return Read(body);
        }
        catch (JsonException broken)
        {
            throw new ApiException(ApiError.MalformedJson($"line {broken.LineNumber + 1}, byte {broken.BytePositionInLine + 1}"));
        }
        catch (InvalidOperationException)
        {
            // A name that is no valid text, such as half a surrogate pair.
            throw new ApiException(ApiError.MalformedJson("a field name is no valid text"));
        }
    }

    /// <summary>The text of a string field.</summary>
    /// <exception cref="ApiException">It is no string, not valid text, or breaks the rule of the field.</exception>
    public static string Text(this Field field, ReadOnlySpan<byte> body, int maxLength)
    {
        var rule = $"must be a string of 1 to {maxLength} characters without control characters";
        if (field.Type != JsonTokenType.String) throw new ApiException(ApiError.Field(field.Name, rule));
        try
        {
            var reader = new Utf8JsonReader(body[field.Bytes]);
            reader.Read();
            var text = reader.GetString()!;
            // NUL cannot be stored, and no name needs the others (T7).
            return text.Length >= 1 && text.Length <= maxLength && !text.Any(char.IsControl)
                ? text
                : throw new ApiException(ApiError.Field(field.Name, rule));
        }
        catch (InvalidOperationException)
        {
            throw new ApiException(ApiError.Field(field.Name, rule));
        }
    }

    /// <summary>The texts of a list of strings; null when the field is anything else.</summary>
    public static IReadOnlyList<string>? Texts(this Field field, ReadOnlySpan<byte> body)
    {
        if (field.Type != JsonTokenType.StartArray) return null;
        var reader = new Utf8JsonReader(body[field.Bytes], new JsonReaderOptions { MaxDepth = PathWalk.MaxDepth });
        reader.Read();
        try
        {
            List<string> texts = [];
            while (reader.Read() && reader.TokenType == JsonTokenType.String) texts.Add(reader.GetString()!);
            return reader.TokenType == JsonTokenType.EndArray ? texts : null;
        }
        catch (InvalidOperationException)
        {
            return null; // no valid text, such as half a surrogate pair
        }
    }

    /// <summary>The objects of a list of objects, as they were sent; null when the field is anything else.</summary>
    public static List<byte[]>? Objects(this Field field, byte[] body)
    {
        if (field.Type != JsonTokenType.StartArray) return null;
        var bytes = body.AsSpan(field.Bytes);
        var reader = new Utf8JsonReader(bytes, new JsonReaderOptions { MaxDepth = PathWalk.MaxDepth });
        reader.Read();
        List<byte[]> objects = [];
        while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
        {
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            objects.Add(bytes[start..(int)reader.BytesConsumed].ToArray());
        }

        return reader.TokenType == JsonTokenType.EndArray ? objects : null;
    }

    /// <summary>The value of a field that is an integer within bounds; null otherwise.</summary>
    public static long? TryInteger(this Field field, ReadOnlySpan<byte> body, long least, long most)
    {
        if (field.Type != JsonTokenType.Number) return null;
        var reader = new Utf8JsonReader(body[field.Bytes]);
        reader.Read();
        return reader.TryGetInt64(out var value) && value >= least && value <= most ? value : null;
    }

    /// <summary>The value of an integer field.</summary>
    public static long Integer(this Field field, ReadOnlySpan<byte> body, long least, long most) =>
        field.TryInteger(body, least, most)
            ?? throw new ApiException(ApiError.Field(field.Name, $"must be an integer from {least} to {most}"));

    private static List<Field> Read(ReadOnlySpan<byte> body)
    {
        List<Field> fields = [];
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = PathWalk.MaxDepth });
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            throw new ApiException(ApiError.MalformedJson("it is no object"));

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            var type = reader.TokenType;
            reader.Skip();
            if (fields.Count == MostFields)
                throw new ApiException(ApiError.Field("body", $"must be one JSON object of at most {MostFields} fields"));
            fields.Add(new Field(name, type, start..(int)reader.BytesConsumed));
        }

        // One more read finds what stands behind the object, and throws.
        reader.Read();
        return fields;
    }
}
