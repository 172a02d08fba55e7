using System.Net;
using System.Net.Sockets;
using Gateway.Engine.Upstreams;

namespace Gateway.Silo.Outbound;

/// <summary>
/// Connects to addresses that others chose. A name is resolved once, its addresses are judged, and the connection goes to a
/// judged one, so that neither a redirect nor a name that changes its mind leads inside.
/// </summary>
/// <param name="judge">Which addresses may be called.</param>
/// <param name="time">The clock of the time-outs.</param>
/// <param name="resolve">Resolves names; the system's resolver unless a test brings its own.</param>
internal sealed class GuardedConnect(
    AddressJudge judge, TimeProvider time, Func<string, CancellationToken, Task<IPAddress[]>>? resolve = null)
{
    private const int MostAddresses = 4;

    // One sentence for a name that leads nowhere and one that leads inside: who chose it must not learn which names there are.
    private const string NotPublic = "its host is not at a public address";

    // A first address that drops what it is sent must not use up the time of the second.
    private static readonly TimeSpan AddressPatience = TimeSpan.FromSeconds(1);

    private readonly Func<string, CancellationToken, Task<IPAddress[]>> _resolve = resolve ?? Dns.GetHostAddressesAsync;

    /// <summary>A client that connects in no other way: no redirects, no proxy, no cookies.</summary>
    public HttpMessageInvoker Client() => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.None,
        ActivityHeadersPropagator = null,
        ConnectCallback = ConnectAsync,
        ConnectTimeout = TimeSpan.FromSeconds(10),
        MaxResponseHeadersLength = 16, // KB
        MaxResponseDrainSize = 0,
        PooledConnectionLifetime = TimeSpan.FromMinutes(1), // follows a change of DNS
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(15),
    });

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var addresses = await ResolveAsync(context.DnsEndPoint.Host, cancellationToken);
        var judged = addresses.Where(judge.Allows).Take(MostAddresses).ToList();
        if (judged.Count == 0) throw new UnreachedException(NotPublic);

        for (var i = 0; i < judged.Count - 1; i++)
            if (await TryConnectAsync(judged[i], context.DnsEndPoint.Port, cancellationToken) is { } early) return early;
        return await ConnectAsync(judged[^1], context.DnsEndPoint.Port, cancellationToken);
    }

    private async Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken)
    {
        try
        {
            return await _resolve(host, cancellationToken);
        }
        catch (Exception unknown) when (unknown is SocketException or ArgumentException)
        {
            throw new UnreachedException(NotPublic);
        }
    }

    private async Task<Stream?> TryConnectAsync(IPAddress address, int port, CancellationToken cancellationToken)
    {
        using var patience = new Patience(AddressPatience, time, cancellationToken);
        try
        {
            return await ConnectAsync(address, port, patience.Token);
        }
        catch (Exception failure) when (
            failure is SocketException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    private static async Task<Stream> ConnectAsync(IPAddress address, int port, CancellationToken cancellationToken)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(new IPEndPoint(address, port), cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
