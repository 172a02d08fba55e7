namespace Gateway.Engine.Upstreams;

/// <summary>A file's content, read as it comes.</summary>
internal interface IFileContent : IDisposable
{
    string ContentType { get; }

    /// <summary>How long it is; null where that is not told.</summary>
    long? Length { get; }

    /// <summary>The <c>Content-Disposition</c> it came with, fit for a header; null for none.</summary>
    string? Disposition { get; }

    /// <summary>Reads on; 0 at the end.</summary>
    ValueTask<int> ReadAsync(Memory<byte> buffer);
}
