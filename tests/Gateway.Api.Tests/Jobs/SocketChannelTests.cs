using System.Net.WebSockets;
using Gateway.Api.Push.Sockets;

namespace Gateway.Api.Tests.Jobs;

/// <summary>One socket that several subscriptions write to.</summary>
public sealed class SocketChannelTests
{
    [Fact]
    public async Task P3_what_is_left_while_it_waits_for_its_turn_is_not_sent_and_the_socket_goes_on()
    {
        using var socket = new HeldSocket();
        using var channel = new SocketChannel(socket);
        var isFollowed = true;
        var sent = channel.SendAsync(SocketMessage.Ready, CancellationToken.None);
        var waits = channel.SendAsync(SocketMessage.Ready, () => isFollowed, CancellationToken.None);
        isFollowed = false;
        socket.Release();
        await Task.WhenAll(sent, waits);
        Assert.Equal(1, socket.Sends);
        await channel.SendAsync(SocketMessage.Pong, CancellationToken.None);
        Assert.Equal(2, socket.Sends);
    }

    /// <summary>A client that does not read yet.</summary>
    private sealed class HeldSocket : WebSocket
    {
        private readonly TaskCompletionSource _reads = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int Sends { get; private set; }

        public override WebSocketCloseStatus? CloseStatus => null;

        public override string? CloseStatusDescription => null;

        public override WebSocketState State => WebSocketState.Open;

        public override string? SubProtocol => null;

        public void Release() => _reads.SetResult();

        public override Task SendAsync(
            ArraySegment<byte> buffer, WebSocketMessageType messageType, bool endOfMessage, CancellationToken cancellationToken)
        {
            Sends++;
            return _reads.Task.WaitAsync(cancellationToken);
        }

        public override void Abort() => throw new NotSupportedException();

        public override Task CloseAsync(WebSocketCloseStatus closeStatus, string? statusDescription, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public override Task CloseOutputAsync(
            WebSocketCloseStatus closeStatus, string? statusDescription, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public override Task<WebSocketReceiveResult> ReceiveAsync(ArraySegment<byte> buffer, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public override void Dispose()
        {
            // Nothing is open.
        }
    }
}
