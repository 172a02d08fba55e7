using Gateway.Api.Http;
using Gateway.Upstreams.MiniMax.Requests;

namespace Gateway.Api.Surfaces.MiniMax.Files;

/// <summary>A file, passed on as it arrives; awaiting the write is the back-pressure on the upstream.</summary>
internal sealed class RelayedContent(OpenedContent content) : IResult
{
    private const int Chunk = 64 * 1024;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        using var owned = content;
        var exchange = content.Exchange;
        var response = httpContext.Response;
        response.StatusCode = exchange.Status;
        response.ContentType = exchange.ContentType;
        response.ContentLength = exchange.Length;
        response.BeForeign();
        // A name that no header can carry must not cost the file.
        if (exchange.Response.Content.Headers.ContentDisposition is { } disposition) response.Headers.ContentDisposition = exchange.Words.Header(disposition.ToString()) ?? "attachment";

        try
        {
            var buffer = new byte[Chunk];
            while (await content.ReadAsync(buffer) is var read and > 0)
                await response.Body.WriteAsync(buffer.AsMemory(0, read), httpContext.RequestAborted);
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException or OperationCanceledException)
        {
            // The upstream broke off, or the caller left: either way there is no more to come, and no other way to say so.
            httpContext.Abort();
        }
    }
}
