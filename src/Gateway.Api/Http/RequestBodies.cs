using System.Buffers;
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
            // The limit is ours, not the server's: the server breaks the connection of a client that still sends, and the 413 is
            // lost; like this it reads the rest away for some seconds.
            if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = null;
            if (request.ContentLength > limit) throw TooLarge();

            // A promised length is memory only once its bytes come.
            using var buffer = new MemoryStream((int)Math.Min(request.ContentLength ?? 4096, 1024 * 1024));
            var chunk = ArrayPool<byte>.Shared.Rent(16 * 1024);
            try
            {
                while (await request.Body.ReadAsync(chunk, cancellationToken) is var read and > 0)
                {
                    if (buffer.Length + read > limit) throw TooLarge();
                    buffer.Write(chunk, 0, read);
                }
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(chunk);
            }

            return buffer.Length == buffer.Capacity ? buffer.GetBuffer() : buffer.ToArray();
        }
    }

    private static BadHttpRequestException TooLarge() => new("The body is too large.", StatusCodes.Status413PayloadTooLarge);
}
