using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Gateway.Cluster.Tests.Cluster;

/// <summary>What is wrong with the network between a node and its database.</summary>
internal enum LinkFault
{
    None,

    /// <summary>Connections are reset, new ones refused.</summary>
    Cut,

    /// <summary>Nothing arrives on either side and nobody is told; what was sent arrives once the fault is over.</summary>
    Silent,

    /// <summary>The server hears the node, the node does not hear the server.</summary>
    Deaf,

    /// <summary>Everything arrives a little later.</summary>
    Slow,
}

/// <summary>The network between one node and the database: forwards bytes, and does harm on demand.</summary>
internal sealed class FaultProxy : IAsyncDisposable
{
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(60);

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<Link, Task> _links = [];
    private readonly int _target;
    private readonly Task _accepting;
    private volatile LinkFault _fault;
    private volatile TaskCompletionSource _changed = NewSignal();

    public FaultProxy(int target)
    {
        _target = target;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public LinkFault Fault
    {
        get => _fault;
        set
        {
            _fault = value;
            Interlocked.Exchange(ref _changed, NewSignal()).TrySetResult();
            if (value != LinkFault.Cut) return;
            foreach (var link in _links.Keys) link.Reset();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Stop();
        await _accepting;
        foreach (var link in _links.Keys) link.Reset();
        await Task.WhenAll(_links.Values);
        _stopping.Dispose();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task AcceptAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                Serve(await _listener.AcceptSocketAsync(_stopping.Token));
            }
            catch (Exception ended) when (ended is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                // The proxy ends, or a client left before it was accepted.
            }
        }
    }

    private void Serve(Socket node)
    {
        var link = new Link(this, node);
        if (_fault == LinkFault.Cut)
        {
            link.Reset();
            return;
        }

        var running = link.RunAsync(_target, _stopping.Token);
        _links[link] = running;
        _ = running.ContinueWith(
            _ => _links.TryRemove(link, out var _), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    private async Task PassAsync(bool toServer, CancellationToken cancellationToken)
    {
        while (true)
        {
            var changed = _changed.Task;
            switch (_fault)
            {
                case LinkFault.Silent:
                case LinkFault.Deaf when !toServer:
                    await changed.WaitAsync(cancellationToken);
                    continue;
                case LinkFault.Slow:
                    await Task.Delay(Delay, TimeProvider.System, cancellationToken);
                    return;
                default:
                    return;
            }
        }
    }

    /// <summary>One connection of the node and its twin to the server.</summary>
    private sealed class Link(FaultProxy proxy, Socket node)
    {
        private readonly Socket _server = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

        public async Task RunAsync(int target, CancellationToken cancellationToken)
        {
            try
            {
                await _server.ConnectAsync(IPAddress.Loopback, target, cancellationToken);
                node.NoDelay = _server.NoDelay = true;
                await Task.WhenAny(
                    PumpAsync(node, _server, toServer: true, cancellationToken),
                    PumpAsync(_server, node, toServer: false, cancellationToken));
            }
            catch (Exception broken) when (broken is SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // The server is down, or the proxy ends.
            }
            finally
            {
                Reset();
            }
        }

        /// <summary>Both sides learn at once that the connection is gone.</summary>
        public void Reset()
        {
            foreach (var socket in new[] { node, _server }) socket.Close(timeout: 0);
        }

        private async Task PumpAsync(Socket from, Socket to, bool toServer, CancellationToken cancellationToken)
        {
            var buffer = new byte[16 * 1024];
            try
            {
                while (await from.ReceiveAsync(buffer, cancellationToken) is var count and > 0)
                {
                    await proxy.PassAsync(toServer, cancellationToken);
                    for (var sent = 0; sent < count;) sent += await to.SendAsync(buffer.AsMemory(sent, count - sent), cancellationToken);
                }
            }
            catch (Exception broken) when (broken is SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // One side is gone; the other hears of it.
            }
        }
    }
}
