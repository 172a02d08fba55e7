using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text;
using Gateway.Engine.Upstreams;

namespace Gateway.Grains.Tests.Upstreams;

/// <summary>Against a raw server: what a connection keeps is the client library's own affair, and may change with it.</summary>
public sealed class OnceContentTests
{
    private const int Large = 4 * 1024 * 1024;

    private static CancellationToken None => CancellationToken.None;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2047)]
    [InlineData(2049)]
    [InlineData(Large)]
    public async Task J3_a_body_of_any_size_arrives_as_it_is(int size)
    {
        using var server = new RawServer();
        using var http = new UpstreamHttp();
        var body = Bytes(size);
        var taken = server.TakeAsync(size);
        await SendAsync(http, server, body);
        Assert.Equal(body, await taken);
    }

    [Fact]
    public async Task H3_a_large_body_is_not_kept_by_the_connection_it_was_sent_on()
    {
        using var server = new RawServer();
        using var http = new UpstreamHttp();
        var taken = server.TakeAsync(Large);
        var body = await SendWeaklyAsync(http, server);
        await taken;
        // What has just been sent may stand on a stack for a moment still; a connection would keep it for as long as it is open.
        for (var tries = 0; tries < 100 && body.TryGetTarget(out _); tries++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, None);
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        }

        Assert.False(body.TryGetTarget(out _));
    }

    // Apart, so that no local keeps the bytes.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<WeakReference<byte[]>> SendWeaklyAsync(UpstreamHttp http, RawServer server)
    {
        var body = Bytes(Large);
        await SendAsync(http, server, body);
        return new WeakReference<byte[]>(body);
    }

    private static async Task SendAsync(UpstreamHttp http, RawServer server, byte[] body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, server.Url) { Content = new OnceContent(body, static () => { }) };
        using var answer = await http.For(server.Url).SendAsync(request, None);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    private static byte[] Bytes(int size)
    {
        var bytes = new byte[size];
        new Random(size).NextBytes(bytes);
        return bytes;
    }

    /// <summary>Takes one request, answers it and keeps the connection open.</summary>
    private sealed class RawServer : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private TcpClient? _client;

        public RawServer() => _listener.Start();

        public Uri Url => new($"http://{_listener.LocalEndpoint}/x");

        public async Task<byte[]> TakeAsync(int size)
        {
            _client = await _listener.AcceptTcpClientAsync();
            var stream = _client.GetStream();
            for (var end = 0; end < 4;) end = (char)stream.ReadByte() == "\r\n\r\n"[end] ? end + 1 : 0;
            var body = new byte[size];
            await stream.ReadExactlyAsync(body);
            await stream.WriteAsync(Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
            return body;
        }

        public void Dispose()
        {
            _client?.Dispose();
            _listener.Dispose();
        }
    }
}
