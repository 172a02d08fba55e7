namespace Gateway.Engine.Upstreams;

/// <summary>An upstream's own error answer in the native format, for the caller to see as it was but for what must not be told.</summary>
internal sealed record RelayedAnswer(int Status, string ContentType, byte[] Body)
{
    /// <summary>Whether it is told in frames.</summary>
    public bool IsStream => ContentType.StartsWith("text/event-stream", StringComparison.Ordinal);
}
