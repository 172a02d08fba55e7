using System.Net;

namespace Gateway.Silo.Health;

/// <summary>
/// Requests that this machine made itself. A proxy on it makes every caller look near, and a name that somebody else's DNS leads here
/// makes a browser do so: whatever shows a sign of either is from elsewhere.
/// </summary>
internal static class NearRequests
{
    private static readonly string[] ProxyHeaders = ["Forwarded", "Via", "X-Real-IP", "True-Client-IP"];

    private static readonly string[] ProxyPrefixes = ["X-Forwarded-", "CF-"];

    extension(HttpContext context)
    {
        public bool IsNear =>
            IsLoopback(context.Connection.RemoteIpAddress) && IsLoopback(context.Request.Host) && !context.Request.IsProxied;
    }

    extension(HttpRequest request)
    {
        // Nginx, unless it is told otherwise, sets none of the headers and speaks HTTP/1.0; nothing that scrapes does.
        private bool IsProxied => request.Protocol == HttpProtocol.Http10 || request.Headers.Keys.Any(IsOfProxies);
    }

    private static bool IsOfProxies(string header) =>
        ProxyHeaders.Contains(header, StringComparer.OrdinalIgnoreCase)
            || ProxyPrefixes.Any(prefix => header.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));

    private static bool IsLoopback(HostString host) =>
        string.Equals(host.Host, "localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(host.Host, out var address) && IsLoopback(address));

    // A socket for both families shows 127.0.0.2 as ::ffff:127.0.0.2.
    private static bool IsLoopback(IPAddress? address) =>
        address is not null && IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);
}
