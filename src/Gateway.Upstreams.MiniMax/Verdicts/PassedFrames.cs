using System.Buffers;
using System.Text;
using Gateway.Model.Answers;
using Gateway.Model.Json;

namespace Gateway.Upstreams.MiniMax.Verdicts;

/// <summary>
/// A stream on its way through: byte for byte, but for frames that tell an error, whose words are cleaned. For that a line that may be
/// one is held back until it is whole; nobody could have read it before.
/// </summary>
/// <param name="words">Cleans what is said.</param>
internal sealed class PassedFrames(UpstreamWords words)
{
    /// <summary>A longer line is sound or a picture, unless a word in it says otherwise.</summary>
    private const int MostWithoutAWord = 64 * 1024;

    /// <summary>A longer line is passed on as it comes, unless it opens like an error.</summary>
    private const int MostHeld = 1024 * 1024;

    private enum Line
    {
        /// <summary>It is held until it is whole.</summary>
        Held,

        /// <summary>It is no error: the rest of it passes as it comes.</summary>
        Passing,

        /// <summary>An error of a length that nobody reads: a short one takes its place.</summary>
        Swallowed,
    }

    private readonly ArrayBufferWriter<byte> _held = new();
    private Line _line;

    /// <summary>What may go on of what has come, valid until the next call; nothing where all of it is held.</summary>
    public ReadOnlyMemory<byte> Pass(ReadOnlyMemory<byte> bytes)
    {
        if (_line == Line.Passing && bytes.Span.IndexOf((byte)'\n') < 0) return bytes;
        if (_line == Line.Held && _held.WrittenCount == 0 && bytes.Span is [.., (byte)'\n'] && !MayTellAnError(bytes.Span)) return bytes;

        var passed = new ArrayBufferWriter<byte>(bytes.Length + _held.WrittenCount + 1);
        var rest = bytes.Span;
        while (rest.IndexOf((byte)'\n') is var end and >= 0)
        {
            Add(rest[..(end + 1)], passed);
            EndLine(passed);
            rest = rest[(end + 1)..];
        }

        Add(rest, passed);
        if (_line == Line.Passing && bytes.Span.IndexOf((byte)'\n') < 0) return bytes;
        if (_line == Line.Held && _held.WrittenCount > MostWithoutAWord) Decide(passed);
        return passed.WrittenMemory;
    }

    /// <summary>There is no more: what is held goes on, though the end of its line is missing.</summary>
    public ReadOnlyMemory<byte> End()
    {
        var passed = new ArrayBufferWriter<byte>(_held.WrittenCount + 1);
        EndLine(passed);
        return passed.WrittenMemory;
    }

    private void Add(ReadOnlySpan<byte> part, ArrayBufferWriter<byte> passed)
    {
        if (_line == Line.Passing) passed.Write(part);
        else if (_line == Line.Held) _held.Write(part);
    }

    // The line goes on: whether it is worth holding any longer.
    private void Decide(ArrayBufferWriter<byte> passed)
    {
        var isLong = _held.WrittenCount > MostHeld;
        if (MayTellAnError(_held.WrittenSpan) && !isLong) return;
        _line = isLong && OpensLikeAnError(_held.WrittenSpan) ? Line.Swallowed : Line.Passing;
        if (_line == Line.Passing) Release(passed);
    }

    private void EndLine(ArrayBufferWriter<byte> passed)
    {
        if (_line == Line.Swallowed) WriteFrame(ErrorAnswers.TooLong, "\n"u8, passed);
        else if (!TryWriteError(passed)) passed.Write(_held.WrittenSpan);
        _held.ResetWrittenCount();
        _line = Line.Held;
    }

    private void Release(ArrayBufferWriter<byte> passed)
    {
        passed.Write(_held.WrittenSpan);
        _held.ResetWrittenCount();
    }

    /// <summary>Writes the held line with its words cleaned; false when it is to be passed on as it is.</summary>
    private bool TryWriteError(ArrayBufferWriter<byte> passed)
    {
        var line = _held.WrittenSpan;
        if (!MayTellAnError(line) || SseFrames.DataOf(line.TrimEnd("\r\n"u8)) is not { IsEmpty: false } data) return false;
        var verdict = PlatformVerdict.Read(200, data);
        if (verdict.Error is null && (verdict.IsJson || !words.FindSecret(Encoding.UTF8.GetString(data)))) return false;

        var told = verdict.Error is { ConcernsAccount: true } ofAccount
            ? ErrorAnswers.OfAccount(ofAccount)
            : ErrorAnswers.Clean(data.ToArray(), words);
        if (data.SequenceEqual(told)) return false;
        WriteFrame(told, line[line.TrimEnd("\r\n"u8).Length..], passed);
        return true;
    }

    private static void WriteFrame(ReadOnlySpan<byte> data, ReadOnlySpan<byte> end, ArrayBufferWriter<byte> passed)
    {
        passed.Write("data: "u8);
        passed.Write(data);
        passed.Write(end);
    }

    // What a stream says of an error stands under one of these names (docs/minimax.md, "Errors").
    private static bool MayTellAnError(ReadOnlySpan<byte> bytes) => bytes.IndexOf("error"u8) >= 0 || bytes.IndexOf("\"base_resp\""u8) >= 0;

    private static bool OpensLikeAnError(ReadOnlySpan<byte> line)
    {
        var opening = line[..Math.Min(line.Length, 256)];
        var data = SseFrames.DataOf(opening);
        return data.StartsWith("{\"error\""u8) || data.StartsWith("{\"type\":\"error\""u8) ||
            (data.StartsWith("{\"base_resp\":{"u8) && data.IndexOf("\"status_code\":0"u8) < 0);
    }
}
