using Gateway.Api.Http;
using Gateway.Engine.Upstreams;

namespace Gateway.Api.Surfaces.Jobs.Content;

/// <summary>An asset from behind a link, passed on as it arrives; awaiting the write is the back-pressure on the upstream.</summary>
internal sealed class LinkedContent(UpstreamExchange exchange) : IResult
{
    private const int Chunk = 64 * 1024;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        using var owned = exchange;
        var (response, content) = (httpContext.Response, exchange.Response.Content.Headers);
        response.StatusCode = exchange.Status;
        response.BeForeign();
        response.ContentType = exchange.PassableType ?? "application/octet-stream";
        response.ContentLength = content.ContentLength;
        if (content.ContentRange is { } range) response.Headers.ContentRange = range.ToString();
        if (content.LastModified is { } modified) response.Headers.LastModified = modified.ToString("R");
        if (exchange.Response.Headers.ETag is { } tag) response.Headers.ETag = exchange.Words.Header(tag.ToString());
        if (exchange.Response.Headers.AcceptRanges.Count > 0)
            response.Headers.AcceptRanges = exchange.Response.Headers.AcceptRanges.ToString();
        if (HttpMethods.IsHead(httpContext.Request.Method)) return;

        var buffer = new byte[Chunk];
        while (await exchange.ReadAsync(buffer) is var read and > 0)
            await response.Body.WriteAsync(buffer.AsMemory(0, read), httpContext.RequestAborted);
    }
}
