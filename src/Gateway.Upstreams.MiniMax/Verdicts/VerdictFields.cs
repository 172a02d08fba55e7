using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Gateway.Upstreams.MiniMax.Verdicts;

/// <summary>
/// The few fields of an answer that tell whether it is an error, in any of MiniMax's dialects (docs/minimax.md, "Errors"). They are read by
/// their paths in one pass; whatever else the answer holds, of whatever type, is passed over, and a number may be written as text.
/// </summary>
internal record struct VerdictFields
{
    // Deeper than any answer seen; the reader's own default would take a deep tool call for no JSON.
    public const int MaxDepth = 512;

    /// <summary>The answer is one well-formed JSON value.</summary>
    public bool IsJson { get; private set; }

    /// <summary><c>base_resp.status_code</c> is there, with whatever in it.</summary>
    public Presence StatusCodeIs { get; private set; }

    /// <summary><c>base_resp.status_code</c>; null where there is none that reads as a number.</summary>
    public long? StatusCode { get; private set; }

    public string? StatusMessage { get; private set; }

    /// <summary>The top-level <c>type</c>.</summary>
    public string? Type { get; private set; }

    /// <summary>The top-level <c>code</c> and <c>message</c>, of dialects without an envelope.</summary>
    public string? Code { get; private set; }

    public string? Message { get; private set; }

    public Presence ErrorIs { get; private set; }

    public string? ErrorType { get; private set; }

    public string? ErrorMessage { get; private set; }

    /// <summary><c>error.code</c>: a number, a number as text, or a word.</summary>
    public string? ErrorCode { get; private set; }

    /// <summary><c>error.http_code</c>: the status, where the real one says 200.</summary>
    public string? HttpCode { get; private set; }

    /// <summary>The <c>choices</c> of a chat.</summary>
    public Presence Choices { get; private set; }

    public static VerdictFields Read(ReadOnlySpan<byte> body)
    {
        var fields = default(VerdictFields);
        try
        {
            var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = MaxDepth });
            if (!reader.Read()) return fields;
            if (reader.TokenType == JsonTokenType.StartObject) fields.ReadTop(ref reader);
            else reader.Skip();
            reader.Read(); // what stands behind the value throws
            fields.IsJson = true;
            return fields;
        }
        catch (JsonException)
        {
            return default; // half an answer is none
        }
    }

    private void ReadTop(ref Utf8JsonReader reader)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("base_resp"u8)) ReadBaseResp(ref reader);
            else if (reader.ValueTextEquals("error"u8)) ReadError(ref reader);
            else if (reader.ValueTextEquals("choices"u8)) Choices = PresenceOf(ref reader);
            else if (reader.ValueTextEquals("type"u8)) Type = Scalar(ref reader);
            else if (reader.ValueTextEquals("code"u8)) Code = Scalar(ref reader);
            else if (reader.ValueTextEquals("message"u8)) Message = Scalar(ref reader);
            else Pass(ref reader);
        }
    }

    private void ReadBaseResp(ref Utf8JsonReader reader)
    {
        if (!IsObject(ref reader)) return;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("status_code"u8)) (StatusCodeIs, StatusCode) = ReadStatusCode(ref reader);
            else if (reader.ValueTextEquals("status_msg"u8)) StatusMessage = Scalar(ref reader);
            else Pass(ref reader);
        }
    }

    private static (Presence, long?) ReadStatusCode(ref Utf8JsonReader reader)
    {
        var before = reader;
        var presence = PresenceOf(ref before);
        return (presence, Number(Scalar(ref reader)));
    }

    private void ReadError(ref Utf8JsonReader reader)
    {
        var before = reader;
        ErrorIs = PresenceOf(ref before);
        if (!IsObject(ref reader))
        {
            ErrorMessage = TextOf(ref reader);
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("type"u8)) ErrorType = Scalar(ref reader);
            else if (reader.ValueTextEquals("message"u8)) ErrorMessage = Scalar(ref reader);
            else if (reader.ValueTextEquals("code"u8)) ErrorCode = Scalar(ref reader);
            else if (reader.ValueTextEquals("http_code"u8)) HttpCode = Scalar(ref reader);
            else Pass(ref reader);
        }
    }

    /// <summary>A number, however it is written: 1002, "1002", 1002.0.</summary>
    public static long? Number(string? text) =>
        decimal.TryParse(text, NumberStyles.Number | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var number)
            && number == decimal.Truncate(number)
            && Math.Abs(number) < long.MaxValue
            ? (long)number
            : null;

    // From a property's name to the end of its value.
    private static void Pass(ref Utf8JsonReader reader)
    {
        reader.Read();
        reader.Skip();
    }

    // Stands on the object's opening, or has passed over what is none.
    private static bool IsObject(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.StartObject) return true;
        reader.Skip();
        return false;
    }

    private static string? Scalar(ref Utf8JsonReader reader)
    {
        reader.Read();
        var text = TextOf(ref reader);
        reader.Skip();
        return text;
    }

    private static string? TextOf(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.Number) return Encoding.ASCII.GetString(reader.ValueSpan);
        if (reader.TokenType is JsonTokenType.True or JsonTokenType.False) return reader.TokenType == JsonTokenType.True ? "true" : "false";
        if (reader.TokenType != JsonTokenType.String) return null;
        try
        {
            return reader.GetString();
        }
        catch (InvalidOperationException)
        {
            return "\ufffd"; // half a surrogate pair
        }
    }

    private static Presence PresenceOf(ref Utf8JsonReader reader)
    {
        reader.Read();
        switch (reader.TokenType)
        {
            case JsonTokenType.Null or JsonTokenType.False:
                return Presence.Null;
            case JsonTokenType.String:
                return reader.ValueSpan.IsEmpty ? Presence.Empty : Presence.Filled;
            case JsonTokenType.StartArray or JsonTokenType.StartObject:
                var inner = reader;
                inner.Read();
                reader.Skip();
                return inner.TokenType is JsonTokenType.EndArray or JsonTokenType.EndObject ? Presence.Empty : Presence.Filled;
            default:
                return Presence.Filled;
        }
    }
}
