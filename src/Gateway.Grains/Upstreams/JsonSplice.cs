using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Gateway.Grains.Upstreams;

/// <summary>Replaces, adds and removes values in JSON; every byte that is not named stays as it is.</summary>
internal sealed class JsonSplice(ReadOnlyMemory<byte> json)
{
    private readonly List<(int Start, int End, byte[] By)> _cuts = [];

    public void Replace(Range bytes, ReadOnlySpan<byte> by)
    {
        var (start, length) = bytes.GetOffsetAndLength(json.Length);
        _cuts.Add((start, start + length, by.ToArray()));
    }

    /// <summary>Puts an id in the place of another; a number stays a number and a string a string.</summary>
    public void ReplaceId(JsonScalar value, string id) => ReplaceId(value.Bytes, value.Type, id);

    /// <param name="bytes">Where the other id stands.</param>
    /// <param name="type">What stands there; null for bare digits inside a longer text.</param>
    /// <param name="id">The id.</param>
    public void ReplaceId(Range bytes, JsonTokenType? type, string id) =>
        Replace(bytes, Encoding.UTF8.GetBytes(type == JsonTokenType.String ? $"\"{JsonEncodedText.Encode(id)}\"" : id));

    /// <summary>Takes a top-level field out, every time it stands there and in whatever case: some readers do not mind the case.</summary>
    public void RemoveField(string name)
    {
        var fields = TopLevel();
        for (var index = 0; index < fields.Count; index++)
        {
            if (!Is(fields[index].Name)) continue;
            // With the comma before it, or, where a field is left behind it only, with the one after it.
            var keepsOneBefore = fields.Take(index).Any(field => !Is(field.Name));
            var start = keepsOneBefore ? fields[index - 1].End : fields[index].Start;
            var end = keepsOneBefore || index == fields.Count - 1 ? fields[index].End : fields[index + 1].Start;
            _cuts.Add((start, end, []));
        }

        bool Is(string found) => found.Equals(name, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Adds a top-level string field in front; a field of that name must have been removed.</summary>
    public void AddField(string name, string value)
    {
        var brace = json.Span.IndexOf((byte)'{') + 1;
        var comma = TopLevel().Exists(field => _cuts.TrueForAll(cut => cut.By.Length > 0 || field.Start < cut.Start || field.Start >= cut.End)) ? "," : "";
        _cuts.Add((brace, brace, Encoding.UTF8.GetBytes($"\"{name}\":\"{JsonEncodedText.Encode(value)}\"{comma}")));
    }

    public byte[] ToArray()
    {
        if (_cuts.Count == 0) return json.ToArray();
        var result = new ArrayBufferWriter<byte>(json.Length + 256);
        var at = 0;
        foreach (var (start, end, by) in _cuts.OrderBy(cut => cut.Start).ThenBy(cut => cut.End))
        {
            result.Write(json.Span[at..start]);
            result.Write(by);
            at = end;
        }

        result.Write(json.Span[at..]);
        return result.WrittenSpan.ToArray();
    }

    private List<(string Name, int Start, int End)> TopLevel()
    {
        List<(string, int, int)> fields = [];
        var reader = new Utf8JsonReader(json.Span, new JsonReaderOptions { MaxDepth = 128 });
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var start = (int)reader.TokenStartIndex;
            var name = JsonValues.NameOf(ref reader);
            reader.Read();
            reader.Skip();
            fields.Add((name, start, (int)reader.BytesConsumed));
        }

        return fields;
    }
}
