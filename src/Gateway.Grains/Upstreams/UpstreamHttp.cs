using System.Collections.Concurrent;
using Gateway.Grains.Jobs;

namespace Gateway.Grains.Upstreams;

/// <summary>
/// One connection pool per upstream host, without retries, redirects or cookies: what is sent is sent once, and only the
/// router decides about a second time.
/// </summary>
internal sealed class UpstreamHttp : IDisposable
{
    private readonly ConcurrentDictionary<string, HttpMessageInvoker> _hosts = new(StringComparer.OrdinalIgnoreCase);

    public HttpMessageInvoker For(Uri baseUrl) => _hosts.GetOrAdd(baseUrl.GetLeftPart(UriPartial.Authority), static _ => new HttpMessageInvoker(new SocketsHttpHandler
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

/// <summary>
/// A body that is sent at most once and knows whether sending began. As long as it has not, the upstream cannot have
/// accepted anything: its Content-Length promises bytes that never came (J3).
/// </summary>
internal sealed class OnceContent : HttpContent
{
    private readonly ReadOnlyMemory<byte> _body;
    private readonly Action _beforeFirstByte;
    private int _started;

    public OnceContent(ReadOnlyMemory<byte> body, Action beforeFirstByte)
    {
        _body = body;
        _beforeFirstByte = beforeFirstByte;
        Headers.ContentType = new("application/json");
    }

    public bool Started => Volatile.Read(ref _started) != 0;

    protected override Task SerializeToStreamAsync(Stream stream, System.Net.TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, System.Net.TransportContext? context, CancellationToken cancellationToken)
    {
        _beforeFirstByte();
        if (Interlocked.Exchange(ref _started, 1) != 0) throw new InvalidOperationException("A paid request must not be sent twice.");
        await stream.WriteAsync(_body, cancellationToken);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _body.Length;
        return true;
    }
}
