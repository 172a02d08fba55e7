using System.Buffers.Text;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;

namespace Gateway.Grains.Accounts;

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
            if (!credential.StartsWith("eyJ", StringComparison.Ordinal)) return new SessionToken(null, null);
            using var payload = JsonDocument.Parse(Base64Url.DecodeFromChars(new JsonWebToken(credential).EncodedPayload));
            return new SessionToken(Instant(payload.RootElement, "exp"), Instant(payload.RootElement, "iat"));
        }
        catch (Exception none) when (none is ArgumentException or FormatException or JsonException)
        {
            return new SessionToken(null, null);
        }
    }

    // Web sessions write fractions of a second, which the library reads as whole ones.
    private static DateTimeOffset? Instant(JsonElement payload, string claim) =>
        payload.TryGetProperty(claim, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var seconds) && seconds is > 0 and < 253402300799
            ? DateTimeOffset.UnixEpoch.AddMilliseconds(Math.Round(seconds * 1000))
            : null;
}
