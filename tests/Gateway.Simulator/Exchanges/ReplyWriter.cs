using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace Gateway.Simulator;

/// <summary>
/// Puts a reply on the wire. The ledger hears that a request is over just before its last bytes leave:
/// a client that answers the last byte with its next request must not look like two requests at once.
/// </summary>
internal sealed class ReplyWriter(GateKeeper gates, TimeProvider clock)
{
    public Task WriteAsync(HttpContext http, Exchange exchange, OpenRequest open, Reply reply, CancellationToken cancellationToken) =>
        reply switch
        {
            Reply.Document document => WriteDocumentAsync(http, exchange, open, document, cancellationToken),
            Reply.HalfDocument half => WriteHalfAsync(http, exchange, open, half, cancellationToken),
            Reply.Stream stream => WriteStreamAsync(http, exchange, open, stream, cancellationToken),
            Reply.Scripted scripted => WriteScriptedAsync(http, exchange, open, scripted, cancellationToken),
            Reply.Raw raw => WriteRawAsync(http, exchange, open, raw, cancellationToken),
            Reply.Silence => Task.Delay(Timeout.InfiniteTimeSpan, clock, cancellationToken),
            Reply.Abort { Fin: true } => CloseAsync(http, open, cancellationToken),
            _ => Break(http, open),
        };

    private static Task WriteDocumentAsync(
        HttpContext http, Exchange exchange, OpenRequest open, Reply.Document document, CancellationToken cancellationToken)
    {
        http.Response.StatusCode = document.Status;
        byte[] body = StartDocument(http, exchange, Json.Write(document.Body));
        open.Finish();
        return http.Response.Body.WriteAsync(body, cancellationToken).AsTask();
    }

    private static async Task WriteHalfAsync(
        HttpContext http, Exchange exchange, OpenRequest open, Reply.HalfDocument half, CancellationToken cancellationToken)
    {
        byte[] body = StartDocument(http, exchange, Json.Write(half.Body));
        await http.Response.Body.WriteAsync(body.AsMemory(0, body.Length / 2), cancellationToken);
        await BreakAfterSendingAsync(http, open, cancellationToken);
    }

    private async Task WriteStreamAsync(
        HttpContext http, Exchange exchange, OpenRequest open, Reply.Stream stream, CancellationToken cancellationToken)
    {
        PlatformHeaders.Write(http.Response.Headers, exchange);
        http.Response.ContentType = "text/event-stream";
        for (int i = 0; i < stream.Frames.Count; i++)
        {
            await PauseAsync(i == 0 ? TimeSpan.Zero : stream.BetweenFrames, cancellationToken);
            await gates.PassFrameAsync(exchange, cancellationToken);
            if (i == stream.Frames.Count - 1 && !stream.Breaks)
            {
                open.Finish();
            }

            await http.Response.WriteAsync(stream.Frames[i].Text, cancellationToken);
            await http.Response.Body.FlushAsync(cancellationToken);
        }

        if (stream.Breaks)
        {
            await BreakAfterSendingAsync(http, open, cancellationToken);
        }
    }

    private static Task WriteRawAsync(
        HttpContext http, Exchange exchange, OpenRequest open, Reply.Raw raw, CancellationToken cancellationToken)
    {
        if (raw.FromPlatform)
        {
            PlatformHeaders.Write(http.Response.Headers, exchange);
        }

        http.Response.StatusCode = raw.HttpStatus;
        http.Response.ContentType = raw.ContentType;
        http.Response.ContentLength = raw.Body.Length;
        open.Finish();
        return http.Response.Body.WriteAsync(raw.Body, cancellationToken).AsTask();
    }

    private async Task WriteScriptedAsync(
        HttpContext http, Exchange exchange, OpenRequest open, Reply.Scripted scripted, CancellationToken cancellationToken)
    {
        StartScripted(http, exchange, scripted);
        await using var body = new ScriptedBody(http.Response, scripted.Script.Gzip);
        if (scripted.Script.HeadFirst)
        {
            await http.Response.Body.FlushAsync(cancellationToken);
        }

        for (int i = 0; i < scripted.Pieces.Count; i++)
        {
            await PauseAsync(scripted.Pieces[i].After, cancellationToken);
            await gates.PassFrameAsync(exchange, cancellationToken);
            bool isLast = i == scripted.Pieces.Count - 1;
            if (isLast && !scripted.Script.Breaks)
            {
                open.Finish();
            }

            await body.WriteAsync(scripted.Pieces[i], cancellationToken);
        }

        if (scripted.Script.Breaks)
        {
            await BreakAfterSendingAsync(http, open, cancellationToken);
        }
    }

    private static void StartScripted(HttpContext http, Exchange exchange, Reply.Scripted scripted)
    {
        HttpResponse response = http.Response;
        FaultEffect.Answer script = scripted.Script;
        PlatformHeaders.Write(response.Headers, exchange);
        response.StatusCode = script.Status;
        response.ContentType = script.ContentType;
        if (script.Gzip)
        {
            response.Headers.ContentEncoding = "gzip";
        }
        else if (scripted.Pieces.Count <= 1 && !script.Breaks)
        {
            response.ContentLength = scripted.Pieces.Sum(static piece => piece.Length);
        }

        foreach ((string name, string value) in script.Headers ?? new Dictionary<string, string>())
        {
            response.Headers[name] = value;
        }
    }

    private static byte[] StartDocument(HttpContext http, Exchange exchange, string json)
    {
        byte[] body = Encoding.UTF8.GetBytes(json);
        PlatformHeaders.Write(http.Response.Headers, exchange);
        http.Response.ContentType = "application/json; charset=utf-8";
        http.Response.ContentLength = body.Length;
        return body;
    }

    private static async Task BreakAfterSendingAsync(HttpContext http, OpenRequest open, CancellationToken cancellationToken)
    {
        // A flush hands bytes to the transport, an abort drops what the transport has not sent yet.
        await http.Response.Body.FlushAsync(cancellationToken);
        await SettleAsync(cancellationToken);
        await Break(http, open);
    }

    private static async Task CloseAsync(HttpContext http, OpenRequest open, CancellationToken cancellationToken)
    {
        // Kestrel ends a connection without an answer by a reset only; the FIN has to come from the socket itself.
        open.Finish();
        http.Features.GetRequiredFeature<IConnectionSocketFeature>().Socket.Shutdown(SocketShutdown.Send);
        await SettleAsync(cancellationToken);
        http.Abort();
    }

    // Real time on purpose: this waits for a socket, not for the story a test tells.
    private static Task SettleAsync(CancellationToken cancellationToken) =>
        Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, cancellationToken);

    private static Task Break(HttpContext http, OpenRequest open)
    {
        open.Finish();
        http.Abort();
        return Task.CompletedTask;
    }

    private Task PauseAsync(TimeSpan pause, CancellationToken cancellationToken) =>
        pause > TimeSpan.Zero ? Task.Delay(pause, clock, cancellationToken) : Task.CompletedTask;
}
