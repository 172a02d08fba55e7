using System.Collections.Concurrent;
using Gateway.Model.Kinds;

namespace Gateway.Engine.Upstreams;

/// <summary>
/// One connection pool per upstream host, without retries, redirects or cookies: what is sent is sent once, and only the
/// router decides about a second time.
/// </summary>
internal sealed class UpstreamHttp : IDisposable
{
    private readonly ConcurrentDictionary<string, HttpMessageInvoker> _hosts = new(StringComparer.OrdinalIgnoreCase);

    public HttpMessageInvoker For(Uri baseUrl) =>
        _hosts.GetOrAdd(baseUrl.GetLeftPart(UriPartial.Authority), static _ => new HttpMessageInvoker(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            AutomaticDecompression = System.Net.DecompressionMethods.None,
            ConnectTimeout = KindLimits.Connect,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5), // follows a change of DNS
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(60),
            ActivityHeadersPropagator = null,
            EnableMultipleHttp2Connections = true,
            // An answer nobody reads to its end is cut at once: draining it first, for up to two seconds, would keep the upstream at work.
            MaxResponseDrainSize = 0,
            ResponseDrainTimeout = TimeSpan.Zero,
        }));

    public void Dispose()
    {
        foreach (var host in _hosts.Values) host.Dispose();
    }
}
