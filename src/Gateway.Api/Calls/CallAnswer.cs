using Gateway.Api.Http;
using Gateway.Engine.Upstreams;

namespace Gateway.Api.Calls;

/// <summary>
/// A call's answer on its way to the caller. Where the caller asked for a stream and the upstream is silent, comment frames keep
/// the connection open: models think for minutes, and proxies cut what is silent for one. Readers of event streams pass over
/// every comment. Once one is out the status is 200, and an error can be told as a frame only.
/// </summary>
/// <param name="context">The request.</param>
/// <param name="format">How the surface tells it.</param>
/// <param name="beat">After how long a silence a comment is sent; zero for never.</param>
/// <param name="time">The clock.</param>
internal sealed class CallAnswer(HttpContext context, CallFormat format, TimeSpan beat, TimeProvider time) : IAsyncDisposable
{
    private static readonly TimeSpan ShortestTick = TimeSpan.FromMilliseconds(1);
    private static readonly byte[] Comment = ": keep-alive\n\n"u8.ToArray();

    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly CancellationTokenSource _over = new();
    private Task _beating = Task.CompletedTask;
    private long _writtenAt = time.GetTimestamp();
    private bool _isBetweenFrames = true;
    private bool _hasBeaten;

    /// <summary>Whether some of an answer is out: comments are none.</summary>
    public bool HasOutput { get; private set; }

    /// <summary>An upstream is being asked: from here on its silence is filled.</summary>
    public void Begin()
    {
        if (beat > TimeSpan.Zero && _beating.IsCompleted) _beating = BeatAsync(_over.Token);
    }

    /// <summary>The answer's head, and what is there of it: all, or its first frames.</summary>
    public async Task StartAsync(ICallAnswer answer, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            HasOutput = true;
            var opening = answer.IsWhole ? format.Whole(answer.Opening) : format.Part(answer.Opening);
            _isBetweenFrames = format.IsBetweenFrames(answer.IsBetweenFrames);
            if (!_hasBeaten) Head(answer, opening.Length);
            if (answer.IsWhole && _hasBeaten) await WriteFrameAsync(opening, cancellationToken);
            else await WriteAsync(opening, cancellationToken);
            if (!answer.IsWhole) await context.Response.Body.FlushAsync(cancellationToken);
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>More of a stream, flushed as it comes.</summary>
    /// <param name="bytes">What has come.</param>
    /// <param name="isBetweenFrames">It ends with a frame, so that a comment may follow.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public ValueTask SendAsync(ReadOnlyMemory<byte> bytes, bool isBetweenFrames, CancellationToken cancellationToken) =>
        PassAsync(format.Part(bytes), format.IsBetweenFrames(isBetweenFrames), cancellationToken);

    /// <summary>The stream has come to its end.</summary>
    public ValueTask EndAsync(CancellationToken cancellationToken) => PassAsync(format.End(), isBetweenFrames: true, cancellationToken);

    /// <summary>The vendor's own words for why there is no answer.</summary>
    public async Task SendAsync(RelayedAnswer error)
    {
        await QuietAsync();
        var (status, body) = format.Refusal(error.Status, error.Body);
        if (!_hasBeaten) await new FinishedAnswer(status, error.ContentType, body).ToResult().ExecuteAsync(context);
        else if (error.IsStream) await WriteAsync(body, context.RequestAborted);
        else await WriteFrameAsync(body, context.RequestAborted);
    }

    /// <summary>Why there is no answer, after a comment has gone out; before, it is left to the caller of this.</summary>
    public async Task<bool> TryFailAsync(Func<ApiError> explain)
    {
        await QuietAsync();
        if (!_hasBeaten || HasOutput || context.RequestAborted.IsCancellationRequested) return false;
        await WriteFrameAsync(Dialect.Of(context).Frame(explain()), context.RequestAborted);
        return true;
    }

    public async ValueTask DisposeAsync()
    {
        await QuietAsync();
        _over.Dispose();
        _writing.Dispose();
    }

    private async Task QuietAsync()
    {
        await _over.CancelAsync();
        await _beating.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // what broke it breaks the answer too
    }

    private void Head(ICallAnswer answer, int length)
    {
        var response = context.Response;
        response.StatusCode = answer.Status;
        response.ContentType = answer.IsWhole ? format.TypeOfWhole(answer.ContentType) : answer.ContentType;
        foreach (var (name, values) in answer.Headers) response.Headers[name] = values;
        if (answer.IsWhole) response.ContentLength = length;
        else response.Headers.CacheControl = "no-cache";
    }

    private async ValueTask PassAsync(ReadOnlyMemory<byte> bytes, bool isBetweenFrames, CancellationToken cancellationToken)
    {
        if (bytes.IsEmpty) return;
        await _writing.WaitAsync(cancellationToken);
        try
        {
            _isBetweenFrames = isBetweenFrames;
            await WriteAsync(bytes, cancellationToken);
            await context.Response.Body.FlushAsync(cancellationToken);
        }
        finally
        {
            _writing.Release();
        }
    }

    private async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        await context.Response.Body.WriteAsync(bytes, cancellationToken);
        _writtenAt = time.GetTimestamp();
    }

    // Each line of it behind a data: of its own, as the format wants it.
    private async Task WriteFrameAsync(ReadOnlyMemory<byte> json, CancellationToken cancellationToken)
    {
        var frame = new List<byte>(json.Length + 16);
        foreach (var line in json.Span.Split((byte)'\n')) frame.AddRange([.. "data: "u8, .. json.Span[line], (byte)'\n']);
        frame.Add((byte)'\n');
        await WriteAsync(frame.ToArray(), cancellationToken);
    }

    private async Task BeatAsync(CancellationToken over)
    {
        // Looks more often than it speaks: a silence is then filled soon after it has grown long enough.
        using var ticks = new PeriodicTimer(beat / 3 > ShortestTick ? beat / 3 : ShortestTick, time);
        try
        {
            while (await ticks.WaitForNextTickAsync(over))
                if (time.GetElapsedTime(_writtenAt) >= beat) await CommentAsync(over);
        }
        catch (Exception gone) when (gone is OperationCanceledException or IOException)
        {
            // The answer is over, or nobody reads it any more: whoever relays it finds out.
        }
    }

    private async Task CommentAsync(CancellationToken over)
    {
        await _writing.WaitAsync(over);
        try
        {
            // What was answered in one piece has a length, and nothing may stand behind it.
            if (!_isBetweenFrames || context.Response.ContentLength is not null) return;
            if (!context.Response.HasStarted)
                (context.Response.StatusCode, context.Response.ContentType, context.Response.Headers.CacheControl) =
                    (StatusCodes.Status200OK, "text/event-stream", "no-cache");
            _hasBeaten = true;
            await WriteAsync(Comment, context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
        }
        finally
        {
            _writing.Release();
        }
    }
}
