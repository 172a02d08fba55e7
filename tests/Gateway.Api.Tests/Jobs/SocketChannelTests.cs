using System.Net.WebSockets;
using Gateway.Api.Push.Sockets;

namespace Gateway.Api.Tests.Jobs;

/// <summary>One socket that several subscriptions write to.</summary>
public sealed class SocketChannelTests
{
    [Fact]
    public async Task P3_a_subscription_that_is_left_does_not_take_the_socket_with_it()
    {
        using var subscription = new CancellationTokenSource();
        using var socket = new HeldSocket();
        using var channel = new SocketChannel(socket);
        var sent = channel.SendAsync(SocketMessage.Ready, subscription.Token, CancellationToken.None);
        var waits = channel.SendAsync(SocketMessage.Ready, subscription.Token, CancellationToken.None);
        await subscription.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waits);
        Assert.False(socket.Sends.IsCancellationRequested); // a send that is cancelled half-way aborts the whole socket
        socket.Release();
        await sent;
    }

    /// <summary>A client that does not read yet.</summary>
    private sealed class HeldSocket : WebSocket
    {
        private readonly TaskCompletionSource _reads = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public CancellationToken Sends { get; private set; }

        public override WebSocketCloseStatus? CloseStatus => null;

        public override string? CloseStatusDescription => null;

        public override WebSocketState State => WebSocketState.Open;

        public override string? SubProtocol => null;

        public void Release() => _reads.SetResult();

        public override Task SendAsync(ArraySegment<byte> buffer, WebSocketMessageType messageType, bool endOfMessage, CancellationToken cancellationToken)
        {
            Sends = cancellationToken;
            return _reads.Task.WaitAsync(cancellationToken);
        }

        public override void Abort() => throw new NotSupportedException();

        public override Task CloseAsync(WebSocketCloseStatus closeStatus, string? statusDescription, CancellationToken cancellationToken) => throw new NotSupportedException();

        public override Task CloseOutputAsync(WebSocketCloseStatus closeStatus, string? statusDescription, CancellationToken cancellationToken) => throw new NotSupportedException();

        public override Task<WebSocketReceiveResult> ReceiveAsync(ArraySegment<byte> buffer, CancellationToken cancellationToken) => throw new NotSupportedException();

        public override void Dispose()
        {
            // Nothing is open.
        }
    }
}
