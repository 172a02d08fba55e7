namespace Gateway.Upstreams.MiniMax.Verdicts;

/// <summary>Keeps the end of what is relayed.</summary>
internal sealed class AnswerTail
{
    private readonly byte[] _kept = new byte[PlatformUsage.TailLength];
    private int _length;

    public ReadOnlySpan<byte> Bytes => _kept.AsSpan(0, _length);

    public void Add(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > _kept.Length) bytes = bytes[^_kept.Length..];
        var keep = Math.Min(_length, _kept.Length - bytes.Length);
        _kept.AsSpan(_length - keep, keep).CopyTo(_kept);
        bytes.CopyTo(_kept.AsSpan(keep));
        _length = keep + bytes.Length;
    }
}
