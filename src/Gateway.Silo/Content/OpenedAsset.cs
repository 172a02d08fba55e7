using Gateway.Engine.Upstreams;

namespace Gateway.Silo.Content;

/// <summary>An asset of a job, opened, or why not.</summary>
internal abstract record OpenedAsset
{
    /// <summary>It lies in the job's result.</summary>
    internal sealed record Held(byte[] Bytes, string ContentType) : OpenedAsset;

    /// <summary>It comes from the upstream's storage. Whoever gets it disposes it.</summary>
    internal sealed record Streamed(UpstreamExchange Exchange) : OpenedAsset;

    /// <summary>The job made fewer than that.</summary>
    internal sealed record NoSuch(int Count) : OpenedAsset;

    /// <summary>Its link has expired and cannot be renewed, or the upstream keeps it no more.</summary>
    internal sealed record Gone : OpenedAsset;

    /// <summary>The upstream gives no useful answer now.</summary>
    internal sealed record Unavailable : OpenedAsset;
}
