using System.Globalization;

namespace Gateway.Silo.Content;

/// <summary>Until when a signed link works, as far as it says so itself.</summary>
internal static class LinkExpiry
{
    // Query-signed links of the S3 family: a time of signing and how many seconds it holds.
    private static readonly string[] Signers = ["X-Amz", "X-Oss", "X-Tos", "X-Goog"];

    /// <summary>Null for a link that does not tell.</summary>
    public static DateTimeOffset? Of(Uri link)
    {
        var query = QueryOf(link);
        if (query.TryGetValue("Expires", out var expires) && Seconds(expires) is { } at) return DateTimeOffset.FromUnixTimeSeconds(at);
        foreach (var signer in Signers)
        {
            if (!query.TryGetValue($"{signer}-Date", out var date)
                || !query.TryGetValue($"{signer}-Expires", out var life)
                || Seconds(life) is not { } seconds)
                continue;
            if (
                DateTimeOffset.TryParseExact(
                    date, "yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var signed))
                return signed.AddSeconds(seconds);
        }

        return null;
    }

    private static Dictionary<string, string> QueryOf(Uri link)
    {
        var fields = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var field in link.Query.TrimStart('?').Split('&'))
            if (field.Split('=', 2) is [var name, var value]) fields.TryAdd(name, Uri.UnescapeDataString(value));
        return fields;
    }

    // Up to the year 2128: beyond that it is no time in seconds.
    private static long? Seconds(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds <= 5_000_000_000 ? seconds : null;
}
