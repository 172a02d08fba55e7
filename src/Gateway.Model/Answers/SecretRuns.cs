using System.Buffers;
using System.Globalization;
using System.Text;

namespace Gateway.Model.Answers;

/// <summary>
/// Finds secrets, and parts of them, in a text: in any case, escaped for an address, for JSON or for a page, in Base64 as a header carries
/// it, or with blanks and invisible characters between.
/// </summary>
internal sealed class SecretRuns
{
    /// <summary>So many characters in a row are a part that is worth something. They fill the 64 bits a run is compared by.</summary>
    private const int Length = 8;

    /// <summary>Shorter than this, a text is no secret: it would be found everywhere.</summary>
    private const int LeastLength = 4;

    private static readonly SearchValues<char> Escapes = SearchValues.Create("%\\&");

    private readonly List<string> _spellings = [];
    private List<(int Width, HashSet<ulong> Runs)>? _runs;

    public SecretRuns(IEnumerable<string?> secrets)
    {
        foreach (var secret in secrets)
            if (secret is { Length: >= LeastLength })
                _spellings.AddRange([secret, Base64(secret, 0), Base64(secret, 1), Base64(secret, 2)]);
    }

    /// <summary>Where they stand, in order, none touching another.</summary>
    public List<(int Start, int End)> In(string text)
    {
        List<(int Start, int End)> found = [];
        if (_spellings.Count == 0 || text.Length < LeastLength) return found;

        // Most answers are no errors, and these are never made for them.
        var runs = _runs ??= RunsOf(_spellings);
        Find(runs, found, text, unescapes: true);
        // What looks like an escape may be a sign in front of the secret: "%c5…".
        if (text.AsSpan().ContainsAny(Escapes)) Find(runs, found, text, unescapes: false);
        return Merged(found);
    }

    private static void Find(List<(int Width, HashSet<ulong> Runs)> secrets, List<(int Start, int End)> found, string text, bool unescapes)
    {
        Span<int> starts = stackalloc int[Length];
        var (run, length, at) = (0UL, 0, 0);
        while (at < text.Length)
        {
            var (letter, end) = unescapes ? Read(text, at) : (text[at], at + 1);
            if (!IsPassedOver(letter))
            {
                starts[length % Length] = at;
                run = (run << 8) | Folded(letter);
                length = letter < 0x80 ? length + 1 : 0;
                foreach (var (width, runs) in secrets)
                    if (length >= width && runs.Contains(Last(run, width))) found.Add((starts[(length - width) % Length], end));
            }

            at = end;
        }
    }

    /// <summary>
    /// Whether a short text holds any. It is looked for in the secrets, not they in it: a header of a good answer must cost next to
    /// nothing.
    /// </summary>
    public bool AnyIn(string text) => AnyIn(text, unescapes: true) || (text.AsSpan().ContainsAny(Escapes) && AnyIn(text, unescapes: false));

    private bool AnyIn(string text, bool unescapes)
    {
        Span<char> letters = text.Length <= 512 ? stackalloc char[text.Length] : new char[text.Length];
        var (length, at) = (0, 0);
        while (at < text.Length)
        {
            (var letter, at) = unescapes ? Read(text, at) : (text[at], at + 1);
            if (!IsPassedOver(letter)) letters[length++] = letter;
        }

        foreach (var spelling in _spellings)
        {
            var width = Math.Min(Length, spelling.Length);
            for (var i = 0; i + width <= length; i++)
                if (spelling.AsSpan().Contains(letters.Slice(i, width), StringComparison.OrdinalIgnoreCase)) return true;
        }

        return false;
    }

    private static List<(int Start, int End)> Merged(List<(int Start, int End)> found)
    {
        found.Sort();
        List<(int Start, int End)> merged = [];
        foreach (var (start, end) in found)
        {
            if (merged is not [.., var last] || last.End < start) merged.Add((start, end));
            else merged[^1] = (last.Start, Math.Max(last.End, end));
        }

        return merged;
    }

    private static List<(int Width, HashSet<ulong> Runs)> RunsOf(List<string> texts)
    {
        List<(int Width, HashSet<ulong> Runs)> all = [];
        foreach (var text in texts)
        {
            var width = Math.Min(Length, text.Length);
            if (all.Find(known => known.Width == width).Runs is not { } runs) all.Add((width, runs = []));
            var run = 0UL;
            for (var i = 0; i < text.Length; i++)
            {
                run = (run << 8) | Folded(text[i]);
                if (i + 1 >= width) runs.Add(Last(run, width));
            }
        }

        return all;
    }

    // What stands before it decides how it is cut into sixes of bits; the letters it would share with its neighbours are left out.
    private static string Base64(string secret, int offset) =>
        Convert.ToBase64String(Encoding.UTF8.GetBytes(new string(' ', offset) + secret)).TrimEnd('=')[(offset == 0 ? 0 : offset + 1)..^1];

    private static ulong Last(ulong run, int width) => width == Length ? run : run & ((1UL << (8 * width)) - 1);

    private static byte Folded(char letter) => letter < 0x80 ? (byte)char.ToLowerInvariant(letter) : (byte)0;

    private static bool IsPassedOver(char letter) =>
        letter <= ' '
            || (
                letter >= 0x7F
                    && (char.IsWhiteSpace(letter) || char.IsControl(letter) || char.GetUnicodeCategory(letter) == UnicodeCategory.Format));

    /// <summary>The character that stands there, whatever it is escaped for, and where it ends.</summary>
    private static (char Letter, int End) Read(string text, int at)
    {
        var rest = text.AsSpan(at);
        return rest[0] switch
        {
            '%' when rest is [_, '2', '5', ..] && Hex(rest, 3, 2) is { } twice => (twice, at + 5),
            '%' when Hex(rest, 1, 2) is { } letter => (letter, at + 3),
            '\\' when rest is [_, 'u' or 'U', ..] && Hex(rest, 2, 4) is { } letter => (letter, at + 6),
            '\\' when rest is [_, 'x' or 'X', ..] && Hex(rest, 2, 2) is { } letter => (letter, at + 4),
            '\\' => ('\0', at + 1), // before a letter that is escaped, or before another backslash
            '&' when rest is [_, '#', ..] => Reference(rest, at),
            var letter => (letter, at + 1),
        };
    }

    // &#115; or &#x73;
    private static (char Letter, int End) Reference(ReadOnlySpan<char> rest, int at)
    {
        var end = rest[..Math.Min(rest.Length, 9)].IndexOf(';');
        if (end < 3) return (rest[0], at + 1);
        var isHex = rest[2] is 'x' or 'X';
        return ushort.TryParse(
            rest[(isHex ? 3 : 2)..end], isHex ? NumberStyles.AllowHexSpecifier : NumberStyles.None, CultureInfo.InvariantCulture,
            out var code)
            ? ((char)code, at + end + 1)
            : (rest[0], at + 1);
    }

    private static char? Hex(ReadOnlySpan<char> rest, int start, int length) =>
        rest.Length >= start + length
            && ushort.TryParse(rest.Slice(start, length), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code)
            ? (char)code
            : null;
}
