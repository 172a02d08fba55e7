using Gateway.Api.Http;
using Gateway.Engine.Upstreams;

namespace Gateway.Api.Surfaces.MiniMax.Files;

/// <summary>A file, passed on as it arrives; awaiting the write is the back-pressure on the upstream.</summary>
internal sealed class RelayedContent(IFileContent content) : IResult
{
    private const int Chunk = 64 * 1024;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        using var owned = content;
        var response = httpContext.Response;
        response.ContentType = content.ContentType;
        response.ContentLength = content.Length;
        response.BeForeign();
        if (content.Disposition is { } disposition) response.Headers.ContentDisposition = disposition;

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
