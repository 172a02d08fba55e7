using Microsoft.AspNetCore.Http.Features;

namespace Gateway.Api.Http;

/// <summary>Reads request bodies with a limit.</summary>
internal static class RequestBodies
{
    extension(HttpRequest request)
    {
        /// <summary>The whole body; longer than <paramref name="limit"/> is a 413.</summary>
        public async Task<byte[]> ReadBodyAsync(long limit, CancellationToken cancellationToken)
        {
            if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = limit;
            if (request.ContentLength > limit) throw new BadHttpRequestException("The body is too large.", StatusCodes.Status413PayloadTooLarge);

            // A promised length is memory only once its bytes come.
            using var buffer = new MemoryStream((int)Math.Min(request.ContentLength ?? 4096, 1024 * 1024));
            await request.Body.CopyToAsync(buffer, cancellationToken);
            return buffer.Length == buffer.Capacity ? buffer.GetBuffer() : buffer.ToArray();
        }
    }
}
