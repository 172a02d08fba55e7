using System.Text;
using System.Text.Json;

namespace Gateway.Model.Json;

/// <summary>Replaces, adds and removes values in JSON in one pass; every byte that is not named stays as it is.</summary>
internal sealed class JsonSplice(ReadOnlyMemory<byte> json)
{
    private readonly List<(int Start, int End, ReadOnlyMemory<byte> By)> _cuts = [];

    public void Replace(Range bytes, ReadOnlyMemory<byte> by)
    {
        var (start, length) = bytes.GetOffsetAndLength(json.Length);
        _cuts.Add((start, start + length, by));
    }

    /// <summary>Puts an id in the place of another; a number stays a number and a string a string.</summary>
    public void ReplaceId(JsonScalar value, string id) => ReplaceId(value.Bytes, value.Type, id);

    /// <param name="bytes">Where the other id stands.</param>
    /// <param name="type">What stands there; null for bare digits inside a longer text.</param>
    /// <param name="id">The id.</param>
    public void ReplaceId(Range bytes, JsonTokenType? type, string id) =>
        Replace(bytes, Encoding.UTF8.GetBytes(type == JsonTokenType.String ? $"\"{JsonEncodedText.Encode(id)}\"" : id));

    /// <summary>
    /// Takes a top-level field out, every time it stands there and in whatever case, because some readers do not mind the case; and, where
    /// there is a value for it, puts it in front of the others.
    /// </summary>
    /// <param name="name">The field's name, in lower case.</param>
    /// <param name="value">Its new value; null for none.</param>
    public void SetField(string name, string? value)
    {
        var before = _cuts.Count;
        var reader = new Utf8JsonReader(json.Span, new JsonReaderOptions { MaxDepth = PathWalk.MaxDepth });
        reader.Read();
        var brace = (int)reader.BytesConsumed;
        var keptEnd = CutFields(ref reader, name);
        if (value is not null)
            _cuts.Insert(
                before,
                (brace, brace, Encoding.UTF8.GetBytes($"\"{name}\":\"{JsonEncodedText.Encode(value)}\"{(keptEnd is null ? "" : ",")}")));
    }

    public byte[] ToArray()
    {
        if (_cuts.Count == 0) return json.ToArray();
        _cuts.Sort((one, other) => one.Start != other.Start ? one.Start.CompareTo(other.Start) : one.End.CompareTo(other.End));
        var length = json.Length;
        foreach (var (start, end, by) in _cuts) length += by.Length - (end - start);
        return Spliced(new byte[length]);
    }

    private byte[] Spliced(byte[] result)
    {
        var (from, to) = (0, 0);
        foreach (var (start, end, by) in _cuts)
        {
            json.Span[from..start].CopyTo(result.AsSpan(to));
            by.Span.CopyTo(result.AsSpan(to + start - from));
            (from, to) = (end, to + start - from + by.Length);
        }

        json.Span[from..].CopyTo(result.AsSpan(to));
        return result;
    }

    // A run of fields goes with the comma before it, or, where no field is kept before it, with the one after it. Answers where the last
    // field that stays ends; null where none stays.
    private int? CutFields(ref Utf8JsonReader reader, string name)
    {
        int? keptEnd = null;
        int? runStart = null;
        var runEnd = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var start = (int)reader.TokenStartIndex;
            var goes = FoldedName.Is(in reader, name);
            if (!goes && runStart is { } from) _cuts.Add((from, keptEnd is null ? start : runEnd, default));
            runStart = goes ? runStart ?? keptEnd ?? start : null;
            reader.Read();
            reader.Skip();
            if (goes) runEnd = (int)reader.BytesConsumed;
            else keptEnd = (int)reader.BytesConsumed;
        }

        if (runStart is { } last) _cuts.Add((last, runEnd, default));
        return keptEnd;
    }
}
