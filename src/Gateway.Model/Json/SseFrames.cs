namespace Gateway.Model.Json;

/// <summary>Finds frames in a server-sent event stream; each ends with an empty line.</summary>
internal static class SseFrames
{
    /// <summary>The most bytes an end is written with.</summary>
    public const int LongestEnd = 3;

    /// <summary>The value of a <c>data:</c> line without its blanks; empty for any other line.</summary>
    public static ReadOnlySpan<byte> DataOf(ReadOnlySpan<byte> line) => line.StartsWith("data:"u8) ? line[5..].Trim(" \r"u8) : [];

    /// <summary>The range of the first complete <c>data:</c> line's value; comments and other fields are passed over.</summary>
    public static Range? FirstData(ReadOnlySpan<byte> bytes)
    {
        var start = 0;
        while (bytes[start..].IndexOf((byte)'\n') is var length and >= 0)
        {
            var line = bytes.Slice(start, length);
            if (line.StartsWith("data:"u8)) return (start + 5)..(start + length);
            start += length + 1;
        }

        return null;
    }

    /// <summary>The value of the last complete <c>data:</c> line; empty when there is none.</summary>
    public static ReadOnlySpan<byte> LastData(ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<byte> last = [];
        while (FirstData(bytes) is { } data)
        {
            last = bytes[data];
            bytes = bytes[data.End..];
        }

        return last;
    }

    /// <summary>Where the first frame ends; 0 when none is whole.</summary>
    public static int FirstEnd(ReadOnlySpan<byte> bytes)
    {
        // Line by line and no further than the frame: a search for either end would read on to the other end of megabytes.
        var at = 0;
        while (bytes[at..].IndexOf((byte)'\n') is var length and >= 0)
        {
            at += length + 1;
            if (bytes[at..] is [(byte)'\n', ..]) return at + 1;
            if (bytes[at..] is [(byte)'\r', (byte)'\n', ..]) return at + 2;
        }

        return 0;
    }

    /// <summary>Where the last whole frame ends; 0 when none is whole.</summary>
    public static int LastEnd(ReadOnlySpan<byte> bytes)
    {
        var (plain, windows) = (bytes.LastIndexOf("\n\n"u8), bytes.LastIndexOf("\n\r\n"u8));
        return plain > windows ? plain + 2 : windows >= 0 ? windows + 3 : 0;
    }
}
