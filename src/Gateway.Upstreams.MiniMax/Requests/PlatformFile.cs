using Gateway.Engine.Upstreams;

namespace Gateway.Upstreams.MiniMax.Requests;

/// <summary>A file that comes over HTTP.</summary>
/// <param name="exchange">Where the rest comes from.</param>
/// <param name="held">What has been read of it.</param>
internal sealed class PlatformFile(UpstreamExchange exchange, ReadOnlyMemory<byte> held) : IFileContent
{
    public string ContentType => exchange.ContentType;

    public long? Length => exchange.Length;

    // A name that no header can carry must not cost the file.
    public string? Disposition =>
        exchange.Response.Content.Headers.ContentDisposition is { } told ? exchange.Words.Header(told.ToString()) ?? "attachment" : null;

    public ValueTask<int> ReadAsync(Memory<byte> buffer)
    {
        if (held.IsEmpty) return exchange.ReadAsync(buffer);
        var count = Math.Min(held.Length, buffer.Length);
        held[..count].CopyTo(buffer);
        held = held[count..];
        return ValueTask.FromResult(count);
    }

    public void Dispose() => exchange.Dispose();
}
