using System.Buffers.Text;
using System.Globalization;
using System.Text.Json;

namespace Gateway.Model.Accounts;

/// <summary>What a credential tells about itself without being verified: the upstream verifies it, the gateway only plans.</summary>
/// <param name="ExpiresAt">When it stops working.</param>
/// <param name="IssuedAt">When it was made.</param>
internal sealed record SessionToken(DateTimeOffset? ExpiresAt, DateTimeOffset? IssuedAt)
{
    /// <summary>The longest credential accepted; JWTs of web sessions have about 1,000 characters.</summary>
    public const int MaxLength = 8192;

    /// <summary>Reads a JWT; a key that is none tells nothing.</summary>
    public static SessionToken Read(string credential)
    {
        try
        {
            if (!credential.StartsWith("eyJ", StringComparison.Ordinal) || credential.Split('.') is not [_, var encoded, ..])
                return new SessionToken(null, null);
            // By hand: the library refuses the whole token where its exp is text.
            using var payload = JsonDocument.Parse(Base64Url.DecodeFromChars(encoded));
            if (payload.RootElement.ValueKind != JsonValueKind.Object) return new SessionToken(null, null);
            return new SessionToken(Instant(payload.RootElement, "exp"), Instant(payload.RootElement, "iat"));
        }
        catch (Exception none) when (none is FormatException or JsonException)
        {
            return new SessionToken(null, null);
        }
    }

    // Web sessions write fractions of a second, which the library reads as whole ones; others write milliseconds, or either as text.
    private static DateTimeOffset? Instant(JsonElement payload, string claim) =>
        payload.TryGetProperty(claim, out var value) ? InstantOf(value) : null;

    private static DateTimeOffset? InstantOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number when value.TryGetDouble(out var number) => FromEpoch(number),
        JsonValueKind.String when double.TryParse(value.GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) =>
            FromEpoch(number),
        JsonValueKind.String when DateTimeOffset.TryParse(
            value.GetString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out var at) => at,
        _ => null,
    };

    // The year 5138 in seconds is 1973 in milliseconds: what lies above counts in thousandths. What is not above 0 was over long ago.
    private static DateTimeOffset? FromEpoch(double number)
    {
        if (!double.IsFinite(number)) return null;
        var seconds = Math.Max(0, number);
        while (seconds >= LargestSeconds) seconds /= 1000;
        return DateTimeOffset.UnixEpoch.AddMilliseconds(Math.Round(seconds * 1000));
    }

    private const double LargestSeconds = 1e11;
}
