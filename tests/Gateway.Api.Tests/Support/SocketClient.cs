using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Gateway.Api.Tests.Support;

/// <summary>A client of <c>/v1/ws</c>.</summary>
internal sealed class SocketClient(CancellationToken patience) : IDisposable
{
    private readonly ClientWebSocket _socket = new();

    public WebSocketCloseStatus? ClosedWith => _socket.CloseStatus;

    /// <summary>Connects with the token in a header, or without one.</summary>
    public async Task<SocketClient> OpenAsync(GatewayUnderTest gateway, string? token)
    {
        if (token is not null) _socket.Options.SetRequestHeader("Authorization", $"Bearer {token}");
        await _socket.ConnectAsync(new UriBuilder(new Uri(gateway.Address, "/v1/ws")) { Scheme = "ws" }.Uri, patience);
        return this;
    }

    public Task SendAsync(object message) => SendAsync(JsonSerializer.SerializeToUtf8Bytes(message), WebSocketMessageType.Text);

    public async Task SendAsync(byte[] message, WebSocketMessageType type) =>
        await _socket.SendAsync(message.AsMemory(), type, endOfMessage: true, patience);

    /// <summary>The next message; null when the gateway has closed.</summary>
    public async Task<JsonObject?> NextAsync()
    {
        using var message = new MemoryStream();
        var buffer = new byte[4096];
        while (true)
        {
            var part = await _socket.ReceiveAsync(buffer.AsMemory(), patience);
            if (part.MessageType == WebSocketMessageType.Close) return null;
            message.Write(buffer, 0, part.Count);
            if (part.EndOfMessage) return JsonNode.Parse(message.ToArray())!.AsObject();
        }
    }

    /// <summary>The next message, which is of this type.</summary>
    public async Task<JsonObject> NextAsync(string type)
    {
        var message = await NextAsync();
        Assert.True(message?["type"]?.ToString() == type, $"Expected {type}, was {message?.ToJsonString()}");
        return message!;
    }

    public async Task<string> EventAsync()
    {
        var told = await NextAsync("event");
        Assert.Equal(told["seq"]!.GetValue<long>(), told["job"]!["seq"]!.GetValue<long>());
        return $"{told["job"]!["id"]} {told["seq"]} {told["event"]}";
    }

    public async Task CloseAsync() => await _socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, patience);

    public void Dispose() => _socket.Dispose();
}
