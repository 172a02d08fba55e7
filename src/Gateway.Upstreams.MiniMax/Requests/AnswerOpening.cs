using Gateway.Engine.Upstreams;
using Gateway.Model.Answers;
using Gateway.Model.Json;
using Gateway.Upstreams.MiniMax.Verdicts;

namespace Gateway.Upstreams.MiniMax.Requests;

/// <summary>
/// The beginning of an answer, held back until it is known not to be an error: errors come under a good status, in JSON or as one of a
/// stream's first frames (docs/minimax.md, "Errors"). Frames that show nothing yet are held too, so that an error behind them can still be
/// mended at another account.
/// </summary>
/// <param name="length">The answer's length; null where it is not told.</param>
internal sealed class AnswerOpening(long? length)
{
    /// <summary>Errors are small: what is longer is output, and is passed on unjudged.</summary>
    private const int MostHeld = 1024 * 1024;

    /// <summary>The longest of the words a stream may begin with, <c>event:</c>.</summary>
    private const int TellingBytes = 6;

    private const int Chunk = 16 * 1024;

    // Short answers, most of all, are read into what they are kept in.
    private byte[] _buffer = new byte[Math.Clamp(length ?? Chunk, 1, Chunk)];
    private int _length;
    private int _blank;
    private int _judged;
    private int _searched;
    private bool _hasFrames;

    public ReadOnlyMemory<byte> Held => _buffer.AsMemory(0, _length);

    /// <summary>Whether the end has come without a frame that shows anything, though there were some.</summary>
    public bool IsEmptyStream => _hasFrames;

    /// <summary>The whole answer, which this is the beginning of.</summary>
    public Task<byte[]> ReadWholeAsync(UpstreamExchange exchange, int limit) => exchange.ReadWholeAsync(_buffer, _length, limit);

    /// <summary>Reads on; false at the end.</summary>
    public async ValueTask<bool> FillAsync(UpstreamExchange exchange)
    {
        if (_length == _buffer.Length) Array.Resize(ref _buffer, Math.Max(Chunk, _buffer.Length * 2));
        var read = await exchange.ReadAsync(_buffer.AsMemory(_length));
        _length += read;
        return read > 0;
    }

    public AnswerShape ShapeOf(string? mediaType, bool hasEnded)
    {
        _blank = _length - Held.Span[_blank..].TrimStart("\uFEFF \r\n\t"u8).Length;
        var start = Held.Span[_blank..];
        if (start.IsEmpty) return hasEnded || _length > MostHeld ? AnswerShape.Whole : AnswerShape.Unclear;
        if (start[0] is (byte)'{' or (byte)'[' or (byte)'<') return AnswerShape.Whole;
        if (start[0] == (byte)':' || start.StartsWith("data:"u8) || start.StartsWith("event:"u8) || start.StartsWith("id:"u8)
            || start.StartsWith("retry:"u8))
            return AnswerShape.Stream;
        if (start.Length < TellingBytes && !hasEnded) return AnswerShape.Unclear;
        return mediaType == "text/event-stream" ? AnswerShape.Stream : AnswerShape.Whole;
    }

    /// <summary>Judges the frames that have come since: whether something was shown, or an error was said.</summary>
    /// <param name="hasEnded">There is no more: a last line counts though its end is missing.</param>
    /// <param name="error">The error, before anything was shown.</param>
    public bool IsDecided(bool hasEnded, out UpstreamError? error)
    {
        error = null;
        while (NextLine(hasEnded) is { } line)
        {
            if (SseFrames.DataOf(Held.Span[line]) is not { IsEmpty: false } data || data.SequenceEqual("[DONE]"u8)) continue;
            _hasFrames = true;
            error = PlatformVerdict.Of(200, data);
            if (error is not null || !EmptyAnswers.ShowsNothing(data)) return true;
        }

        return _length > MostHeld;
    }

    // A long line comes in many parts: each part is searched once.
    private Range? NextLine(bool hasEnded)
    {
        var found = Held.Span[_searched..].IndexOf((byte)'\n');
        _searched = found < 0 ? _length : _searched + found + 1;
        if (found < 0 && (!hasEnded || _judged == _length)) return null;
        var line = _judged..(found < 0 ? _length : _searched - 1);
        _judged = _searched;
        return line;
    }
}
