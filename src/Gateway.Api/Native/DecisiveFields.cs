using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Gateway.Api.Http;
using Gateway.Model.Json;

namespace Gateway.Api.Native;

/// <summary>
/// The fields of a caller's native body that decide where it goes, what it may cost and how it is answered. They are read here and nowhere
/// else, by the strictest reading an upstream might give them: a name counts whatever its case (<see cref="FoldedName"/>), stands once, and
/// its value is absent, null, or one that every reader takes for the same. All else passes through as it came: one pass, and no memory for
/// it.
/// </summary>
internal sealed class DecisiveFields
{
    /// <summary>Read by routing, prices and answers, or the name of something that belongs to somebody.</summary>
    private static readonly string[] Names =
    [
        "model", "stream", "n", "duration", "max_tokens", "max_completion_tokens", "text", "messages", "content", "resolution",
        "output_format", "response_format",
        "callback_url", "template_id", "task_id", "file_id", "text_file_id", "voice_id", "cover_feature_id", "voice_setting",
        "timbre_weights", "timber_weights", "clone_prompt",
    ];

    /// <summary>Where links to pictures and videos stand: only their names count, since a lenient reader might take any of them.</summary>
    private static readonly string[] Media = ["messages", "content"];

    public const string Once = "must stand once, in whatever case it is written";

    private static readonly byte[][] Written = [.. Names.Select(Encoding.ASCII.GetBytes)];

    private readonly byte[] _body;
    private readonly string _prefix;
    private readonly (JsonTokenType Type, Range Bytes)[] _found = new (JsonTokenType, Range)[Names.Length];

    private DecisiveFields(byte[] body, string prefix) => (_body, _prefix) = (body, prefix);

    /// <summary>The body's length.</summary>
    public int Length => _body.Length;

    /// <summary>How many links to pictures stand in its parts.</summary>
    public int Pictures { get; private set; }

    /// <summary>How many links to videos stand in its parts.</summary>
    public int Videos { get; private set; }

    /// <param name="body">The body.</param>
    /// <param name="prefix">Where it stands in the caller's request, for error messages.</param>
    /// <param name="cancellationToken">Ends the reading of a long one.</param>
    /// <exception cref="ApiException">It is not one JSON object, or a decisive field stands in it twice.</exception>
    public static DecisiveFields Read(byte[] body, string prefix = "", CancellationToken cancellationToken = default)
    {
        // Values pass through unread: what no upstream can read would count there as its account's failure.
        if (!Utf8.IsValid(body)) throw new ApiException(ApiError.MalformedJson("it is not valid UTF-8"));
        var fields = new DecisiveFields(body, prefix);
        try
        {
            fields.Read(cancellationToken);
        }
        catch (JsonException broken)
        {
            throw new ApiException(ApiError.MalformedJson($"line {broken.LineNumber + 1}, byte {broken.BytePositionInLine + 1}"));
        }

        return fields;
    }

    /// <summary>Whether the field is there with a value: one that is null is not.</summary>
    public bool Has(string name) => Find(name) is not null;

    /// <summary>A short text; null where there is none.</summary>
    /// <exception cref="ApiException">It breaks the rule of such texts.</exception>
    public string? Text(string name, int maxLength) => Find(name)?.Text(_body, maxLength);

    /// <summary>A text of any length; null where there is none.</summary>
    /// <exception cref="ApiException">It is no string.</exception>
    public string? LongText(string name) => Find(name) switch
    {
        null => null,
        { Type: JsonTokenType.String } field => TextOf(_body.AsSpan(field.Bytes)),
        var field => throw Refused(field.Value.Name, "must be a string"),
    };

    /// <summary>An integer within bounds; null where there is none.</summary>
    /// <exception cref="ApiException">It is anything else: what one reader takes for 9, 9.0 or "9", another takes for 1.</exception>
    public int? Integer(string name, int least, int most) => Find(name) switch
    {
        null => null,
        { } field =>
            (int?)field.TryInteger(_body, least, most)
                ?? throw Refused(field.Name, $"must be an integer from {least} to {most}, written as digits alone"),
    };

    /// <summary>True or false; false where there is none.</summary>
    /// <exception cref="ApiException">It is anything else: the answer's shape must not depend on who reads it.</exception>
    public bool Flag(string name) => Find(name) switch
    {
        null or { Type: JsonTokenType.False } => false,
        { Type: JsonTokenType.True } => true,
        { } field => throw Refused(field.Name, "must be true or false, without quotes"),
    };

    /// <summary>The text of a string; null for anything else that is there.</summary>
    public string? TextOrNothing(string name) =>
        Find(name) is { Type: JsonTokenType.String } field ? new JsonScalar(name, field.Type, field.Bytes).Text(_body) : null;

    // Null is what is not there. The error names the field as it is spelled in MiniMax's documentation.
    private JsonObjectReader.Field? Find(string name)
    {
        var (type, bytes) = _found[Array.IndexOf(Names, name)];
        return type is JsonTokenType.None or JsonTokenType.Null ? null : new JsonObjectReader.Field(_prefix + name, type, bytes);
    }

    private void Read(CancellationToken cancellationToken)
    {
        var reader = new Utf8JsonReader(_body, new JsonReaderOptions { MaxDepth = PathWalk.MaxDepth });
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            throw new ApiException(ApiError.MalformedJson("it is no object"));

        var steps = new WalkSteps(cancellationToken);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            steps.Take();
            var place = PlaceOf(in reader);
            reader.Read();
            var (start, type) = ((int)reader.TokenStartIndex, reader.TokenType);
            if (place < 0) reader.Skip();
            else if (_found[place].Type != JsonTokenType.None) throw Refused(_prefix + Names[place], Once);
            else if (Media.Contains(Names[place])) CountMedia(ref reader, ref steps);
            else reader.Skip();
            if (place >= 0) _found[place] = (type, start..(int)reader.BytesConsumed);
        }

        // One more read finds what stands behind the object, and throws.
        reader.Read();
    }

    // From the value's first token to its last.
    private void CountMedia(ref Utf8JsonReader reader, ref WalkSteps steps)
    {
        if (reader.TokenType is not (JsonTokenType.StartArray or JsonTokenType.StartObject)) return;
        var depth = reader.CurrentDepth;
        while (reader.Read() && reader.CurrentDepth > depth)
        {
            if (reader.TokenType != JsonTokenType.PropertyName) continue;
            steps.Take();
            if (FoldedName.Is(in reader, "image_url")) Pictures++;
            else if (FoldedName.Is(in reader, "video_url")) Videos++;
        }
    }

    private static int PlaceOf(in Utf8JsonReader reader)
    {
        Span<byte> buffer = stackalloc byte[FoldedName.Longest];
        var name = FoldedName.Of(in reader, buffer);
        if (name.IsEmpty) return -1;
        for (var place = 0; place < Written.Length; place++)
            if (name.SequenceEqual(Written[place])) return place;
        return -1;
    }

    private static ApiException Refused(string field, string rule) => new(ApiError.Field(field, rule));

    private static string TextOf(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            return Encoding.UTF8.GetString(json); // half a surrogate pair: the upstream judges it
        }
    }
}
