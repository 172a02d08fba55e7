using System.Globalization;

namespace Gateway.Api.Http;

/// <summary>Reads instants as RFC 3339 writes them. Kept in whole milliseconds, the least the databases have in common.</summary>
internal static class Instants
{
    public const int MaxLength = 40;

    public const string Rule = "must be an RFC 3339 instant with its zone, such as 2026-11-24T18:00:00Z";

    private static readonly string[] Formats =
    [
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz", "yyyy-MM-dd'T'HH:mm:sszzz", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", "yyyy-MM-dd'T'HH:mm:ss'Z'"
    ];

    public static bool TryParse(string text, out DateTimeOffset instant)
    {
        var ok = DateTimeOffset.TryParseExact(
            text, Formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out instant);
        instant = instant.AddTicks(-(instant.Ticks % TimeSpan.TicksPerMillisecond));
        return ok;
    }
}
