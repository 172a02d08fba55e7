using System.Globalization;
using System.Text;

namespace Gateway.Model.Answers;

/// <summary>
/// The one place that cleans an upstream's words before they are kept, logged or shown (H5): without the account's secret, however it is
/// spelled, without what steers a terminal or turns a text around, and no longer than anybody reads.
/// </summary>
internal sealed class UpstreamWords
{
    /// <summary>So much of a text is kept.</summary>
    public const int Longest = 500;

    /// <summary>Stands where something was taken out.</summary>
    private const char Mark = '…';

    /// <summary>Escapes are several characters long, and what cannot be seen is dropped: so much is read to keep the longest.</summary>
    private const int MostRead = 8 * Longest;

    /// <summary>For words that no account's secret can stand in.</summary>
    public static readonly UpstreamWords OfNobody = new([]);

    private readonly SecretRuns _secrets;

    /// <param name="secrets">What must not be told: a credential, the group it belongs to.</param>
    public UpstreamWords(params string?[] secrets) => _secrets = new SecretRuns(secrets);

    /// <summary>The text as it may be kept and shown. Cleaning twice changes nothing.</summary>
    public string Clean(string text)
    {
        var read = text.Length > MostRead ? text[..MostRead] : text;
        var hidden = _secrets.In(read);
        if (hidden.Count == 0 && text.Length <= Longest && !HasOdd(text)) return text;

        var clean = new StringBuilder(Math.Min(read.Length, Longest) + 1);
        var at = 0;
        foreach (var (start, end) in hidden)
        {
            AppendVisible(clean, read.AsSpan(at..start));
            if (clean is not [.., Mark]) clean.Append(Mark);
            at = end;
        }

        AppendVisible(clean, read.AsSpan(at));
        return Cut(clean, isCut: read.Length < text.Length);
    }

    /// <summary>Whether the text holds the secret, or a part of it that is long enough to be one.</summary>
    public bool FindSecret(string text) => _secrets.In(text).Count > 0;

    /// <summary>
    /// A header's value as it may be passed on; null for one that must be left out: no server takes it, or it tells the secret.
    /// </summary>
    public string? Header(string value) =>
        value.Length <= Longest && !value.AsSpan().ContainsAnyExceptInRange(' ', '~') && !_secrets.AnyIn(value) ? value : null;

    private static bool HasOdd(string text)
    {
        foreach (var letter in text)
            if (letter is < ' ' or > '~') return true;
        return false;
    }

    private static void AppendVisible(StringBuilder clean, ReadOnlySpan<char> text)
    {
        // Half a surrogate pair comes as U+FFFD.
        foreach (var rune in text.EnumerateRunes())
        {
            if (clean.Length > Longest) return;
            if (IsBlank(rune)) clean.Append(' ');
            else if (!IsInvisible(rune)) clean.Append(rune.ToString());
        }
    }

    private static bool IsBlank(Rune rune) => rune.Value is '\t' or '\n' or '\r' or '\u0085' or '\u2028' or '\u2029';

    /// <summary>Controls and escapes, and marks that turn the direction of a text or hide in it.</summary>
    internal static bool IsInvisible(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate
            or UnicodeCategory.PrivateUse;

    private static string Cut(StringBuilder clean, bool isCut)
    {
        if (clean.Length > Longest)
        {
            isCut = true;
            clean.Length = char.IsHighSurrogate(clean[Longest - 1]) ? Longest - 1 : Longest;
        }

        return isCut && clean is not [.., Mark] ? clean.Append(Mark).ToString() : clean.ToString();
    }
}
