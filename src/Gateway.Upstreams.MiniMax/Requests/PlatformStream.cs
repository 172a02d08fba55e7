using Gateway.Engine.Turns;
using Gateway.Engine.Upstreams;
using Gateway.Model.Answers;
using Gateway.Model.Json;
using Gateway.Model.Kinds;
using Gateway.Upstreams.MiniMax.Verdicts;

namespace Gateway.Upstreams.MiniMax.Requests;

/// <summary>
/// A streamed answer as a job keeps it: cut into whole frames, and judged at its end. A stream that ends without a
/// <c>finish_reason</c> was cut short, however orderly it ended (docs/minimax.md, "Streams").
/// </summary>
/// <param name="exchange">The exchange, whose first frame is no error.</param>
/// <param name="held">What has been read of it.</param>
/// <param name="kind">What is made.</param>
/// <param name="stop">Ends the exchange.</param>
internal sealed class PlatformStream(UpstreamExchange exchange, byte[] held, JobKind kind, CancellationTokenSource stop) : IAnswerStream
{
    private const int LargestFrame = 64 * 1024 * 1024;
    private const int LargestStream = 64 * 1024 * 1024;

    private readonly AnswerTail _tail = new();
    private readonly StreamJudge _judge = new(exchange.Words);
    private readonly PassedFrames _frames = new(exchange.Words);
    private byte[] _buffer = held;
    private int _length = held.Length;
    private int _given;
    private int _searched;
    private long _total;
    private byte[] _lastData = [];
    private bool _hasEnded;
    private string? _trouble;

    public AnswerEnd End
    {
        get
        {
            // a break behind it says less
            if (_judge.Error is { } error) return new AnswerEnd.Broken(error with { Billed = Billed.Unknown });
            if (_trouble is { } why) return new AnswerEnd.Broken(PlatformErrors.BrokenOff(why));
            if (!_judge.IsFinished)
                return new AnswerEnd.Broken(PlatformErrors.BrokenOff("The upstream's stream ended before its answer did."));
            return new AnswerEnd.Whole(
                IsWholeAnswer(_lastData) ? _lastData : null, PlatformUsage.Of(kind, WorkOperation.Plain, _tail.Bytes));
        }
    }

    public async ValueTask<ReadOnlyMemory<byte>> ReadAsync()
    {
        _buffer.AsSpan(_given.._length).CopyTo(_buffer);
        (_length, _given, _searched) = (_length - _given, 0, 0);
        while (true)
        {
            if (LastEnd() is var end and > 0) return Give(end);
            if (_hasEnded) return ReadOnlyMemory<byte>.Empty;
            _hasEnded = !await FillAsync();
            if (_hasEnded && _trouble is null) CloseLastFrame();
        }
    }

    public void Stop() => stop.Cancel();

    public void Dispose()
    {
        exchange.Dispose();
        stop.Dispose();
    }

    // A frame of megabytes comes in thousands of parts: only what is new is searched, with as much before it as may belong to the same end.
    private int LastEnd()
    {
        var from = Math.Clamp(_searched - SseFrames.LongestEnd + 1, 0, _length);
        _searched = _length;
        return SseFrames.LastEnd(_buffer.AsSpan(from.._length)) is var end and > 0 ? from + end : 0;
    }

    /// <summary>Reads on; false at the end.</summary>
    private async Task<bool> FillAsync()
    {
        if (_length == _buffer.Length) Array.Resize(ref _buffer, Math.Max(16 * 1024, _length * 2));
        try
        {
            var read = await exchange.ReadAsync(_buffer.AsMemory(_length));
            _length += read;
            if (_length > LargestFrame) _trouble = "The upstream sent a frame that is too large.";
            return read > 0 && _trouble is null;
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException or OperationCanceledException or NodeNotAliveException)
        {
            _trouble = exchange.Explain(broken);
            return false;
        }
    }

    private ReadOnlyMemory<byte> Give(int end)
    {
        var frames = _buffer.AsMemory(0, end);
        _given = end;
        _total += end;
        if (_total > LargestStream && _trouble is null) (_trouble, _hasEnded) = ("The upstream's stream is too large.", true);
        _tail.Add(frames.Span);
        _judge.Add(frames.Span);
        var data = SseFrames.LastData(frames.Span).Trim(" \r"u8);
        if (!data.IsEmpty && !data.SequenceEqual("[DONE]"u8)) _lastData = data.ToArray();
        return _frames.Pass(frames);
    }

    // An end in good order completes the frame before it, where only the empty line is missing.
    private void CloseLastFrame()
    {
        if (_buffer.AsSpan(0, _length).TrimEnd("\r\n "u8).IsEmpty)
        {
            _length = 0;
            return;
        }

        Array.Resize(ref _buffer, _length + 2);
        _buffer[_length++] = (byte)'\n';
        _buffer[_length++] = (byte)'\n';
    }

    // The summary frame: the answer as it would have come without a stream.
    private static bool IsWholeAnswer(ReadOnlySpan<byte> data) => JsonValues.Text(data, "object") == "chat.completion";
}
