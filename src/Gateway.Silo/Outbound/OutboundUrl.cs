using System.Diagnostics.CodeAnalysis;

namespace Gateway.Silo.Outbound;

/// <summary>
/// The form of an address a caller may have us call. Where it leads is judged when it is called, not before: names change.
/// </summary>
internal static class OutboundUrl
{
    public const int MaxLength = 2048;

    private const int LongestName = 253;

    public static readonly string Rule =
        $"must be an absolute http or https address of at most {MaxLength} characters, without user name and password";

    public static bool TryParse(string text, [NotNullWhen(true)] out Uri? url)
    {
        url = text.Length <= MaxLength
            && !text.Any(c => char.IsControl(c) || char.IsWhiteSpace(c))
            && Uri.TryCreate(text, UriKind.Absolute, out var parsed) &&
            parsed is { Scheme: "http" or "https", UserInfo: "", Host.Length: > 0, AbsoluteUri.Length: <= MaxLength } && HasName(parsed)
                ? parsed
                : null;
        return url is not null;
    }

    // Uri looks at each label as it was typed: whole, and as it is asked for, a name may be longer than any there is (RFC 1035).
    private static bool HasName(Uri url)
    {
        try
        {
            return url.IdnHost.Length is > 0 and <= LongestName;
        }
        catch (UriFormatException)
        {
            return false;
        }
    }
}
