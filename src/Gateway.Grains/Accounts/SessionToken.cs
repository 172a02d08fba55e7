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
            var token = new JsonWebToken(credential);
            return new SessionToken(Instant(token, "exp"), Instant(token, "iat"));
        }
        catch (ArgumentException)
        {
            return new SessionToken(null, null);
        }
    }

    // Web sessions write fractions of a second, which the library's own ValidTo does not expect.
    private static DateTimeOffset? Instant(JsonWebToken token, string claim) =>
        token.TryGetPayloadValue<double>(claim, out var seconds) && seconds is > 0 and < 253402300800
            ? DateTimeOffset.UnixEpoch.AddMilliseconds(Math.Floor(seconds * 1000))
            : null;
}
