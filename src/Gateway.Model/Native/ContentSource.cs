namespace Gateway.Model.Native;

/// <summary>One asset that a result holds or leads to.</summary>
internal abstract record ContentSource
{
    /// <summary>Behind a link.</summary>
    internal sealed record Linked(Uri Url) : ContentSource;

    /// <summary>In the result itself.</summary>
    internal sealed record Held(byte[] Bytes, string ContentType) : ContentSource;
}
