using System.Buffers;

namespace Gateway.Api.Http;

/// <summary>Reads request bodies with a limit.</summary>
internal static class RequestBodies
{
    extension(HttpRequest request)
    {
        /// <summary>The whole body; longer than <paramref name="limit"/> is a 413.</summary>
        public async Task<byte[]> ReadBodyAsync(long limit, CancellationToken cancellationToken)
        {
            using var body = LimitedBody.Open(request, limit);
            // A promised length is memory only once its bytes come.
            using var buffer = new MemoryStream((int)Math.Min(request.ContentLength ?? 4096, 1024 * 1024));
            var chunk = ArrayPool<byte>.Shared.Rent(16 * 1024);
            try
            {
                while (await body.ReadAsync(chunk, cancellationToken) is var read and > 0) buffer.Write(chunk, 0, read);
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(chunk);
            }

            return buffer.Length == buffer.Capacity ? buffer.GetBuffer() : buffer.ToArray();
        }
    }
}
