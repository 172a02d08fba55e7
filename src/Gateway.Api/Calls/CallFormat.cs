namespace Gateway.Api.Calls;

/// <summary>
/// How a surface tells a call's answer: it translates from the native format, one object for one answer. The native surface passes
/// every byte on as it is.
/// </summary>
internal class CallFormat
{
    /// <summary>The media type of an answer in one piece, told the one it came with.</summary>
    public virtual string TypeOfWhole(string native) => native;

    /// <summary>An answer in one piece.</summary>
    public virtual ReadOnlyMemory<byte> Whole(ReadOnlyMemory<byte> native) => native;

    /// <summary>More of a stream, cut where the network cut it; valid until the next call.</summary>
    public virtual ReadOnlyMemory<byte> Part(ReadOnlyMemory<byte> native) => native;

    /// <summary>What stands behind a stream that has come to its end.</summary>
    public virtual ReadOnlyMemory<byte> End() => ReadOnlyMemory<byte>.Empty;

    /// <summary>What was given out last ends with a frame, told whether what came last does.</summary>
    public virtual bool IsBetweenFrames(bool native) => native;

    /// <summary>The vendor's own answer to what it refused.</summary>
    public virtual (int Status, ReadOnlyMemory<byte> Body) Refusal(int status, ReadOnlyMemory<byte> native) => (status, native);
}
