using System.Buffers.Text;
using Gateway.Model.Accounts;
using Gateway.Model.Kinds;
using Gateway.Model.Operations;

namespace Gateway.Upstreams.MiniMax.Verdicts;

/// <summary>
/// Reads what MiniMax reports of an answer's cost. It stands near the end of every form of answer, stream or not, so the
/// end alone is searched: a name in quotes with a colon behind it cannot stand inside a JSON text, whose quotes are escaped.
/// </summary>
internal static class PlatformUsage
{
    /// <summary>
    /// How much of an answer's end is enough: what follows the usage is a dozen short fields (docs/minimax.md, "Chat", "Speech").
    /// </summary>
    public const int TailLength = 4096;

    /// <summary>More than anything is ever charged for.</summary>
    private const long MostCounted = long.MaxValue / 2;

    public static Usage Of(JobKind kind, WorkOperation operation, ReadOnlySpan<byte> end) => OperationTable.Of(kind, operation).Usage switch
    {
        ReportedUsage.Tokens => OfTokens(LastNumber(end, "\"total_tokens\":"u8)),
        ReportedUsage.Characters => OfCharacters(LastNumber(end, "\"usage_characters\":"u8)),
        ReportedUsage.Pictures => new Usage(LastNumber(end, "\"success_count\":"u8), null),
        ReportedUsage.None or ReportedUsage.Seconds => Usage.Unreported, // a task tells its seconds in its last query's answer
    };

    /// <summary>Of an answer that is here whole.</summary>
    public static Usage OfWhole(JobKind kind, WorkOperation operation, ReadOnlySpan<byte> answer) =>
        Of(kind, operation, answer[Math.Max(0, answer.Length - TailLength)..]);

    // Frames before the last report zeros: no number yet.
    private static Usage OfTokens(long? tokens) => tokens is > 0 ? new Usage(Usage.Thousands(tokens.Value), tokens) : Usage.Unreported;

    private static Usage OfCharacters(long? characters) => new(characters is { } count ? Usage.Thousands(count) : null, null);

    private static long? LastNumber(ReadOnlySpan<byte> json, ReadOnlySpan<byte> name)
    {
        if (json.LastIndexOf(name) is not (var at and >= 0)) return null;
        var value = json[(at + name.Length)..].TrimStart(" \""u8); // a count is a string in the vendor's own example
        return value.IsEmpty || !char.IsAsciiDigit((char)value[0]) ? null : NumberAt(value);
    }

    // Whatever it is written as and however large: a cost that cannot be counted is not taken for a small one.
    private static long NumberAt(ReadOnlySpan<byte> digits)
    {
        if (Utf8Parser.TryParse(digits, out long whole, out var read)
            && (read == digits.Length || digits[read] is not ((byte)'.' or (byte)'e' or (byte)'E')))
            return whole;
        return Utf8Parser.TryParse(digits, out double number, out _) && number < MostCounted ? (long)Math.Ceiling(number) : MostCounted;
    }
}
