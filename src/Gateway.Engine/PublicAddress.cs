namespace Gateway.Engine;

/// <summary>The gateway's address as the world sees it (<c>Gateway:PublicUrl</c>), with a path where a proxy serves us under one.</summary>
/// <param name="Root">The address; null while none is set.</param>
internal sealed record PublicAddress(Uri? Root)
{
    /// <summary>A path of ours as the world sees it; null while no public address is set.</summary>
    public string? Link(string path) => Root is { } root ? root.GetLeftPart(UriPartial.Path).TrimEnd('/') + path : null;
}
