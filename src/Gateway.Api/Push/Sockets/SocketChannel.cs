using System.Net.WebSockets;

namespace Gateway.Api.Push.Sockets;

/// <summary>One socket's two directions: whole messages of limited size in, one message at a time out.</summary>
internal sealed class SocketChannel(WebSocket socket) : IDisposable
{
    /// <summary>The longest message a client may send.</summary>
    public const int LargestRequest = 64 * 1024;

    private readonly SemaphoreSlim _sending = new(1, 1);
    private readonly byte[] _buffer = new byte[4096];

    /// <summary>The next message; null when the client has closed, or has sent one that is too long or no text.</summary>
    public async Task<byte[]?> ReceiveAsync(CancellationToken cancellationToken)
    {
        using var message = new MemoryStream();
        while (true)
        {
            var part = await socket.ReceiveAsync(_buffer.AsMemory(), cancellationToken);
            if (part.MessageType == WebSocketMessageType.Close) return null;
            if (part.MessageType != WebSocketMessageType.Text)
                return await RefuseAsync(WebSocketCloseStatus.InvalidMessageType, "messages are JSON texts");
            if (message.Length + part.Count > LargestRequest)
                return await RefuseAsync(WebSocketCloseStatus.MessageTooBig, $"a message has at most {LargestRequest} bytes");
            message.Write(_buffer, 0, part.Count);
            if (part.EndOfMessage) return message.ToArray();
        }
    }

    /// <summary>Sends a message.</summary>
    public Task SendAsync(SocketMessage message, CancellationToken cancellationToken) =>
        SendAsync(message, static () => true, cancellationToken);

    /// <summary>
    /// Sends a message if it is still wanted when its turn has come: after an <c>unsubscribed</c> nothing is told any more.
    /// </summary>
    public async Task SendAsync(SocketMessage message, Func<bool> isWanted, CancellationToken cancellationToken)
    {
        // Waiting for one's turn is the back-pressure: a slow reader stops whoever tells it something (P3).
        await _sending.WaitAsync(cancellationToken);
        try
        {
            if (isWanted())
                await socket.SendAsync(
                    SocketText.Write(message).AsMemory(), WebSocketMessageType.Text, endOfMessage: true, cancellationToken);
        }
        finally
        {
            _sending.Release();
        }
    }

    /// <summary>Says that it is over; what the client still says is heard up to its own close.</summary>
    public async Task CloseAsync(WebSocketCloseStatus status, string why, CancellationToken cancellationToken)
    {
        await _sending.WaitAsync(cancellationToken);
        try
        {
            if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
                await socket.CloseOutputAsync(status, why, cancellationToken);
        }
        catch (WebSocketException)
        {
            // It is gone already.
        }
        finally
        {
            _sending.Release();
        }
    }

    public void Dispose() => _sending.Dispose();

    private async Task<byte[]?> RefuseAsync(WebSocketCloseStatus status, string why)
    {
        await CloseAsync(status, why, CancellationToken.None);
        return null;
    }
}
