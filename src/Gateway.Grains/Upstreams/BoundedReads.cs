namespace Gateway.Grains.Upstreams;

/// <summary>Reads of answers with a limit: no upstream can fill the memory.</summary>
internal static class BoundedReads
{
    extension(HttpContent content)
    {
        /// <summary>The whole body.</summary>
        /// <exception cref="HttpRequestException">It is larger than the limit, or ended early.</exception>
        public async Task<byte[]> ReadAtMostAsync(int limit, CancellationToken cancellationToken)
        {
            await content.LoadIntoBufferAsync(limit, cancellationToken);
            return await content.ReadAsByteArrayAsync(cancellationToken);
        }
    }
}
