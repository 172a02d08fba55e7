using System.Globalization;
using System.Security.Cryptography;
using Gateway.Api.Auth;
using Gateway.Api.Http;
using Gateway.Model.Jobs;

namespace Gateway.Api.Submitting;

/// <summary>The headers every surface's submit understands.</summary>
/// <param name="Wait"><c>Prefer: wait=N</c>; null when not sent.</param>
/// <param name="MayQueue"><c>Gateway-Queue: on|off</c>.</param>
/// <param name="Key"><c>Idempotency-Key</c>.</param>
internal sealed record SubmitHeaders(TimeSpan? Wait, bool MayQueue, IdempotencyKey? Key)
{
    /// <summary>Longest <c>Prefer: wait</c>; a longer wish is shortened, as the preference allows (RFC 7240).</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(120);

    public static SubmitHeaders Read(HttpRequest request, Caller caller) => new(WaitOf(request), QueueOf(request), KeyOf(request, caller));

    /// <summary>
    /// What the key stands for: another body, path or team is another submit. Empty without a key: no body is hashed for nothing.
    /// </summary>
    public string FingerprintOf(HttpRequest request, ReadOnlySpan<byte> body)
    {
        if (Key is null) return "";
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(System.Text.Encoding.UTF8.GetBytes($"{request.Method} {request.Path}\n"));
        hash.AppendData(body);
        return Convert.ToHexString(hash.GetHashAndReset());
    }

    private static TimeSpan? WaitOf(HttpRequest request)
    {
        foreach (var preference in request.Headers["Prefer"].SelectMany(value => (value ?? "").Split(',', StringSplitOptions.TrimEntries)))
        {
            if (!preference.StartsWith("wait=", StringComparison.OrdinalIgnoreCase)) continue;
            if (!int.TryParse(preference.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
                throw new ApiException(ApiError.Field("Prefer", "wait must be whole seconds, as in 'wait=30'"));
            return TimeSpan.FromSeconds(Math.Min(seconds, LongestWait.TotalSeconds));
        }

        return null;
    }

    private static bool QueueOf(HttpRequest request) => request.Headers["Gateway-Queue"].ToString().ToLowerInvariant() switch
    {
        "" or "on" => true,
        "off" => false,
        _ => throw new ApiException(ApiError.Field("Gateway-Queue", "must be 'on' or 'off'")),
    };

    // The draft wants a quoted string; most clients send it bare. Both name the same key.
    private static IdempotencyKey? KeyOf(HttpRequest request, Caller caller)
    {
        if (!request.Headers.TryGetValue("Idempotency-Key", out var values)) return null;
        var key = values.ToString().Trim();
        if (key is ['"', .. var quoted, '"']) key = quoted;
        return key.Length is >= 1 and <= IdempotencyKey.MaxLength && key.All(c => c is >= ' ' and <= '~')
            ? new IdempotencyKey(caller.Team, key)
            : throw new ApiException(
                ApiError.Field("Idempotency-Key", $"must be 1 to {IdempotencyKey.MaxLength} printable ASCII characters"));
    }
}
