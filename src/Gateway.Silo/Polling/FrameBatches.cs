using System.Buffers;
using Gateway.Engine.Upstreams;

namespace Gateway.Silo.Polling;

/// <summary>
/// An answer's frames in the portions they are written in: the first at once, then what has come within a pause, so that a
/// token a time does not cost a write a time. While one portion is written at most one read of the next goes on.
/// </summary>
internal sealed class FrameBatches(IAnswerStream answer, TimeProvider time) : IAsyncDisposable
{
    /// <summary>The most a token waits for others.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>What does not wait; a single frame may be larger.</summary>
    public const int Full = 16 * 1024;

    private readonly ArrayBufferWriter<byte> _batch = new();
    private Task<ReadOnlyMemory<byte>>? _reading;
    private long? _lastAt;

    /// <summary>The next portion, valid until the next call; nothing at the answer's end.</summary>
    public async Task<ReadOnlyMemory<byte>> NextAsync()
    {
        _batch.ResetWrittenCount();
        do
        {
            var frames = await (_reading ??= answer.ReadAsync().AsTask());
            if (frames.IsEmpty) break;
            _batch.Write(frames.Span);
            _reading = null; // the frames are copied: only now their buffer may be read into
        }
        while (_batch.WrittenCount < Full && await MoreComesInTimeAsync());

        _lastAt = time.GetTimestamp();
        return _batch.WrittenMemory;
    }

    /// <summary>Leaves the answer, if it has not ended, and waits until nothing of it is read any more.</summary>
    public async ValueTask DisposeAsync()
    {
        answer.Stop();
        if (_reading is Task reading) await reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task<bool> MoreComesInTimeAsync()
    {
        _reading = answer.ReadAsync().AsTask();
        if (_lastAt is not { } last || Pause - time.GetElapsedTime(last) is not { Ticks: > 0 } left) return _reading.IsCompleted;
        await Task.WhenAny(_reading, Task.Delay(left, time));
        return _reading.IsCompleted;
    }
}
