namespace Gateway.Engine.Upstreams;

/// <summary>
/// A short question to one account that makes nothing and takes no slot. Bodies and answers are in the native format, on the upstream's own
/// ids.
/// </summary>
internal abstract record UpstreamRead
{
    /// <summary>What a file is, with a fresh link to it.</summary>
    internal sealed record File(string Id) : UpstreamRead;

    internal sealed record DeleteFile(ReadOnlyMemory<byte> Body) : UpstreamRead;

    /// <summary>The voices of one list, or of all.</summary>
    internal sealed record Voices(string List) : UpstreamRead;

    internal sealed record DeleteVoice(ReadOnlyMemory<byte> Body) : UpstreamRead;

    /// <summary>The models the upstream lists.</summary>
    internal sealed record Models : UpstreamRead;

    /// <summary>What is left of the account's plan, by the upstream's count.</summary>
    internal sealed record Remains : UpstreamRead;
}
