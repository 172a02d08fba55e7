using System.Net.WebSockets;
using Gateway.Api.Auth;
using Gateway.Api.Http;
using Gateway.Silo.Connections;

namespace Gateway.Api.Push.Sockets;

/// <summary>
/// <c>GET /v1/ws</c>. The token comes in a header, or, from browsers that cannot set one, in the first message; never in the
/// address, which proxies write into their logs.
/// </summary>
internal static class SocketApi
{
    private static readonly TimeSpan TimeToAuthenticate = TimeSpan.FromSeconds(10);

    public static void MapSockets(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/ws", OpenAsync).WithMetadata(ProblemDialect.Instance).WithTags("Jobs").WithName("OpenSocket");

    private static async Task OpenAsync(HttpContext context, SocketServices services)
    {
        var token = RequireCaller.TokenOf(context.Request);
        var caller = token is null ? null : await services.Authenticator.FindAsync(token, context.RequestAborted);
        if (token is not null && caller is null) throw new ApiException(RequireCaller.Unauthorized);
        if (!context.WebSockets.IsWebSocketRequest)
            throw new ApiException(
                new ApiError(
                    426,
                    "websocket_required",
                    "This path speaks WebSocket; jobs are also told at /v1/jobs/{id}/events and /v1/events.",
                    [new FieldError("Upgrade", "must be websocket")]));

        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        using var over = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        using var channel = new SocketChannel(socket);
        try
        {
            if (caller is null) (token, caller) = await AuthenticateAsync(channel, services, over.Token);
            if (caller is null) return;
            context.Features.Get<Stranger>()?.Introduce();
            await new JobSocket(services, channel, token!, caller, over).RunAsync();
        }
        catch (Exception gone) when (gone is WebSocketException or IOException or OperationCanceledException)
        {
            // The client has left; there is nobody to answer.
            socket.Abort();
        }
    }

    private static async Task<(string? Token, Caller? Caller)> AuthenticateAsync(
        SocketChannel channel, SocketServices services, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(TimeToAuthenticate, services.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        if (await channel.ReceiveAsync(either.Token) is not { } text) return default;
        if (SocketText.Read(text) is { Type: "auth", Token: { Length: > 0 } token } &&
            await services.Authenticator.FindAsync(token, cancellationToken) is { } caller) return (token, caller);

        await channel.SendAsync(
            SocketMessage.Error(
                "unauthorized",
                "Send a valid token in the Authorization header, or as the first message: {\"type\":\"auth\",\"token\":\"…\"}."),
            cancellationToken);
        await channel.CloseAsync(WebSocketCloseStatus.PolicyViolation, "unauthorized", cancellationToken);
        return default;
    }
}
