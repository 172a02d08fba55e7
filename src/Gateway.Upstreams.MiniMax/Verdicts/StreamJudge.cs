using Gateway.Model.Answers;
using Gateway.Model.Json;

namespace Gateway.Upstreams.MiniMax.Verdicts;

/// <summary>
/// Reads along with a stream that is passed on: what its later frames say of errors, and whether its answer came to an end. It
/// holds back nothing and keeps no more than one short line.
/// </summary>
/// <param name="words">Cleans what is said of an error.</param>
internal sealed class StreamJudge(UpstreamWords words)
{
    /// <summary>No error and no end is told in a line longer than this; sound and whole answers are.</summary>
    private const int LongestJudged = 1024 * 1024;

    private byte[] _line = [];
    private int _length;
    private bool _isTooLong;
    private bool _isEmptyLine;

    /// <summary>The error the stream carried; of several verdicts the last one counts (docs/minimax.md, "Errors").</summary>
    public UpstreamError? Error { get; private set; }

    /// <summary>Whether the answer named why it ended; a stream without that was cut short (docs/minimax.md, "Streams").</summary>
    public bool IsFinished { get; private set; }

    /// <summary>What has come ends with a frame: something else may be put behind it.</summary>
    public bool IsBetweenFrames { get; private set; } = true;

    public void Add(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty) return;
        while (bytes.IndexOf((byte)'\n') is var end and >= 0)
        {
            Judge(bytes[..end]);
            bytes = bytes[(end + 1)..];
        }

        // An empty line ends a frame, wherever the network cuts it.
        IsBetweenFrames = _isEmptyLine && bytes.IsEmpty;
        Keep(bytes);
    }

    /// <summary>There is no more: a last line counts though its end is missing.</summary>
    public void End()
    {
        if (_length > 0) Judge([]);
    }

    private void Judge(ReadOnlySpan<byte> end)
    {
        if (_length == 0 && !_isTooLong)
        {
            _isEmptyLine = end.IsEmpty || end.SequenceEqual("\r"u8);
            JudgeLine(end);
            return;
        }

        Keep(end);
        var line = _line.AsSpan(0, _isTooLong ? 0 : _length);
        _isEmptyLine = !_isTooLong && line.SequenceEqual("\r"u8);
        JudgeLine(line);
        (_length, _isTooLong) = (0, false);
    }

    private void Keep(ReadOnlySpan<byte> part)
    {
        if (_isTooLong || part.IsEmpty) return;
        if (_length + part.Length > LongestJudged)
        {
            (_isTooLong, _length) = (true, 0);
            return;
        }

        if (_length + part.Length > _line.Length) Array.Resize(ref _line, Math.Max(1024, (_length + part.Length) * 2));
        part.CopyTo(_line.AsSpan(_length));
        _length += part.Length;
    }

    private void JudgeLine(ReadOnlySpan<byte> line)
    {
        if (line.Length > LongestJudged || SseFrames.DataOf(line) is not { IsEmpty: false } data) return;
        IsFinished |= HasFinishReason(data);
        // Most frames are a few words of text: only one that may say something of an error is read.
        if (data.IndexOf("\"base_resp\""u8) < 0 && data.IndexOf("error\""u8) < 0) return;
        var verdict = PlatformVerdict.Read(200, data);
        if (verdict.Error is not null || verdict.SaysSuccess) Error = verdict.Error?.In(words);
    }

    private static bool HasFinishReason(ReadOnlySpan<byte> data)
    {
        var name = "\"finish_reason\":"u8;
        while (data.IndexOf(name) is var at and >= 0)
        {
            data = data[(at + name.Length)..];
            if (data.TrimStart((byte)' ') is [(byte)'"', not (byte)'"', ..]) return true;
        }

        return false;
    }
}
