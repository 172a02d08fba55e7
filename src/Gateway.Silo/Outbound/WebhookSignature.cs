using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Gateway.Silo.Outbound;

/// <summary>The headers by which a receiver knows a message and its sender (Standard Webhooks).</summary>
internal static class WebhookSignature
{
    /// <param name="id">The message's id, the same over all tries.</param>
    /// <param name="at">When this try is made.</param>
    /// <param name="body">What is sent.</param>
    /// <param name="keys">One signature for each: during a rotation a receiver may know either.</param>
    public static (string Name, string Value)[] Headers(string id, DateTimeOffset at, ReadOnlySpan<byte> body, IEnumerable<byte[]> keys)
    {
        var timestamp = at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        byte[] signed = [.. Encoding.ASCII.GetBytes($"{id}.{timestamp}."), .. body];
        var signatures = keys.Select(key => $"v1,{Convert.ToBase64String(HMACSHA256.HashData(key, signed))}");
        return [("webhook-id", id), ("webhook-timestamp", timestamp), ("webhook-signature", string.Join(' ', signatures))];
    }
}
