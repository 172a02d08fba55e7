namespace Gateway.Upstreams.MiniMax.Requests;

/// <summary>A long answer's content.</summary>
/// <param name="exchange">Where the rest comes from.</param>
/// <param name="held">What has been read of it.</param>
internal sealed class OpenedContent(CallExchange exchange, ReadOnlyMemory<byte> held) : IDisposable
{
    public CallExchange Exchange => exchange;

    /// <summary>Reads on; 0 at the end.</summary>
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
