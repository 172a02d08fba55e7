using System.Globalization;
using System.Text;
using System.Text.Json;
using Gateway.Model.Json;
using Gateway.Model.Operations;

namespace Gateway.Api.Native;

/// <summary>
/// Finds <c>mm_file://{id}</c> in bodies: where a link stands, as the whole of it, however it is escaped. In a text that
/// merely speaks of such links they are words.
/// </summary>
internal static class FileLinks
{
    private const string Scheme = "mm_file:";
    private const int MostDigits = 19;

    /// <summary>Adds the links of a body. One that names no file of the gateway's form has an empty name, which nobody owns.</summary>
    public static void AddTo(List<AssetRef> refs, ReadOnlySpan<byte> body, CancellationToken cancellationToken)
    {
        // A body may hold megabytes of pictures and is a call's hot path: nearly always this look is all.
        if (body.IndexOf("mm_file:"u8) < 0 && body.IndexOf("\\u"u8) < 0) return;

        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = PathWalk.MaxDepth });
        var isLink = false;
        var steps = new WalkSteps(cancellationToken);
        while (reader.Read())
        {
            steps.Take();
            if (reader.TokenType == JsonTokenType.PropertyName) isLink = IsOfLink(ref reader);
            else if (isLink
                && reader.TokenType == JsonTokenType.String
                && Read(reader.ValueSpan, (int)reader.TokenStartIndex + 1) is { } found)
                refs.Add(found);
        }
    }

    // By its end, whatever stands before it. Names are read where they stand, unless they are written in an odd way.
    private static bool IsOfLink(ref Utf8JsonReader reader) =>
        reader.ValueIsEscaped ? JsonValues.NameOf(ref reader).EndsWith("url", StringComparison.OrdinalIgnoreCase)
        : reader.ValueSpan.Length >= 3 && Ascii.EqualsIgnoreCase(reader.ValueSpan[^3..], "url"u8);

    private static AssetRef? Read(ReadOnlySpan<byte> raw, int start)
    {
        var at = 0;
        // some readers trim
        while (Next(raw, at) is (var space, var wide) && (char.IsWhiteSpace(space) || !char.IsAscii(space))) at += wide;
        var isTrimmed = at == 0;
        foreach (var letter in Scheme)
        {
            if (Next(raw, at) is not (var read, var width) || read != letter) return null;
            at += width;
        }

        foreach (var slash in "//")
        {
            if (Next(raw, at) is not (var read, var width) || read != slash) return Nobodys(start, at);
            at += width;
        }

        var digits = new StringBuilder(MostDigits);
        var first = at;
        while (Next(raw, at) is (var read, var width))
        {
            if (!char.IsAsciiDigit(read) || digits.Length == MostDigits) return Nobodys(start, at);
            digits.Append(read);
            at += width;
        }

        return isTrimmed && digits.Length > 0
            ? new AssetRef(AssetRefKind.File, digits.ToString(), (start + first)..(start + at), Type: null)
            : Nobodys(start, at);
    }

    private static AssetRef Nobodys(int start, int at) => new(AssetRefKind.File, "", start..(start + at), Type: null);

    // One character of a JSON string as it reads, and how many bytes it is written with; null at the end.
    private static (char Read, int Width)? Next(ReadOnlySpan<byte> raw, int at)
    {
        if (at >= raw.Length) return null;
        if (raw[at] != '\\') return ((char)raw[at], 1);
        return raw[at + 1] switch
        {
            (byte)'u' => ((char)ushort.Parse(raw.Slice(at + 2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture), 6),
            (byte)'n' or (byte)'r' or (byte)'t' => (' ', 2),
            var escaped => ((char)escaped, 2),
        };
    }
}
