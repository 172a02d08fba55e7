namespace Gateway.Engine.Upstreams;

/// <summary>
/// A body that is sent at most once and knows whether sending began. As long as it has not, the upstream cannot have
/// accepted anything: its Content-Length promises bytes that never came (J3).
/// </summary>
internal sealed class OnceContent : HttpContent
{
    // A connection keeps what it wrote last until it writes again, for as long as it is kept open. So short a tail is copied into
    // its own buffer, and the body, which may have 64 MB, is let go (H3). Half of that buffer's 4 KB.
    private const int Tail = 2 * 1024;

    private readonly ReadOnlyMemory<byte> _body;
    private readonly Action _beforeFirstByte;
    private int _started;

    public OnceContent(ReadOnlyMemory<byte> body, Action beforeFirstByte)
    {
        _body = body;
        _beforeFirstByte = beforeFirstByte;
        Headers.ContentType = new("application/json");
    }

    public bool Started => Volatile.Read(ref _started) != 0;

    protected override Task SerializeToStreamAsync(Stream stream, System.Net.TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(
        Stream stream, System.Net.TransportContext? context, CancellationToken cancellationToken)
    {
        _beforeFirstByte();
        if (Interlocked.Exchange(ref _started, 1) != 0) throw new InvalidOperationException("A paid request must not be sent twice.");
        var head = Math.Max(0, _body.Length - Tail);
        if (head > 0) await stream.WriteAsync(_body[..head], cancellationToken);
        await stream.WriteAsync(_body[head..], cancellationToken);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _body.Length;
        return true;
    }
}
