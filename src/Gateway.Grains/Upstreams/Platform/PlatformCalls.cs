using Gateway.Grains.Jobs;
using Gateway.Grains.Turns;

namespace Gateway.Grains.Upstreams.Platform;

/// <summary>
/// MiniMax's native calls: the answer passes through byte for byte. It is held back until it is known not to be an error,
/// because errors come as HTTP 200, in JSON or as the first frame of a stream (specs 0.4).
/// </summary>
internal sealed class PlatformCalls(UpstreamHttp http, TimeProvider time)
{
    private const int LargestAnswer = 64 * 1024 * 1024;
    private const int LargestFirstFrame = 1024 * 1024;

    /// <summary>Sends the call. Whoever gets an answer disposes it.</summary>
    public async Task<CallOutcome> CallAsync(UpstreamAccount account, string path, ReadOnlyMemory<byte> body, Action beforeFirstByte, CancellationToken cancellationToken)
    {
        var content = new OnceContent(body, beforeFirstByte);
        var exchange = new CallExchange(PlatformReads.Request(account, HttpMethod.Post, path, content), new Patience(KindLimits.FirstByte, time, cancellationToken));
        try
        {
            await exchange.SendAsync(http.For(account.BaseUrl));
            var outcome = exchange.IsStream ? await HoldFirstFrameAsync(exchange) : await ReadWholeAsync(exchange);
            if (outcome is CallOutcome.Failed) exchange.Dispose();
            return outcome;
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException or OperationCanceledException or NodeNotAliveException)
        {
            var why = exchange.Patience.Explain(broken);
            exchange.Dispose();
            cancellationToken.ThrowIfCancellationRequested();
            return new CallOutcome.Failed(content.Started ? PlatformErrors.Broken(why) : PlatformErrors.NotSent(why), Answer: null);
        }
    }

    private static async Task<CallOutcome> ReadWholeAsync(CallExchange exchange)
    {
        var answer = await exchange.Response.Content.ReadAtMostAsync(LargestAnswer, exchange.Patience.Token);
        if (PlatformVerdict.Of(exchange.Status, answer) is { } error)
            return new CallOutcome.Failed(error, PlatformVerdict.IsJson(answer) ? new RelayedAnswer(exchange.Status, exchange.ContentType, answer) : null);
        return PlatformVerdict.IsJson(answer)
            ? new CallOutcome.Answered(exchange, answer, IsWhole: true)
            : new CallOutcome.Failed(PlatformErrors.Broken("The upstream's answer is no JSON."), Answer: null);
    }

    private static async Task<CallOutcome> HoldFirstFrameAsync(CallExchange exchange)
    {
        var held = new List<byte>();
        var buffer = new byte[16 * 1024];
        while (true)
        {
            var read = await exchange.ReadAsync(buffer);
            held.AddRange(buffer.AsSpan(0, read));
            var bytes = held.ToArray();
            if (SseFrames.FirstData(bytes) is { } data)
            {
                return PlatformVerdict.Of(200, bytes.AsSpan(data)) is { } error
                    ? new CallOutcome.Failed(error, new RelayedAnswer(exchange.Status, exchange.ContentType, bytes))
                    : new CallOutcome.Answered(exchange, bytes, IsWhole: false);
            }

            if (read == 0) return new CallOutcome.Failed(PlatformErrors.Broken("The upstream's stream ended before its first frame."), Answer: null);
            if (bytes.Length > LargestFirstFrame) return new CallOutcome.Failed(PlatformErrors.Broken("The upstream's first frame is too large."), Answer: null);
        }
    }
}

/// <summary>An upstream's own error answer, for the caller to see as it was.</summary>
internal sealed record RelayedAnswer(int Status, string ContentType, byte[] Body);

internal abstract record CallOutcome
{
    /// <summary>A good answer: all of it, or its beginning with the rest still to be read from the exchange.</summary>
    internal sealed record Answered(CallExchange Exchange, byte[] Held, bool IsWhole) : CallOutcome;

    /// <summary>An error before anything was shown to the caller; the answer is the vendor's own, where it gave one.</summary>
    internal sealed record Failed(UpstreamError Error, RelayedAnswer? Answer) : CallOutcome;
}

/// <summary>One HTTP exchange with an upstream, owned until its stream is read.</summary>
internal sealed class CallExchange(HttpRequestMessage request, Patience patience) : IDisposable
{
    private HttpResponseMessage? _response;
    private Stream? _stream;

    public Patience Patience => patience;

    public HttpResponseMessage Response => _response!;

    public int Status => (int)Response.StatusCode;

    public string ContentType => Response.Content.Headers.ContentType?.ToString() ?? "application/json";

    public string? MediaType => Response.Content.Headers.ContentType?.MediaType;

    public bool IsStream => Response.IsSuccessStatusCode && MediaType == "text/event-stream";

    public async Task SendAsync(HttpMessageInvoker http) => _response = await http.SendAsync(request, patience.Token);

    /// <summary>Reads what has come; 0 at the end. Each arrival restarts the idle time-out (J9).</summary>
    public async ValueTask<int> ReadAsync(Memory<byte> buffer)
    {
        _stream ??= await Response.Content.ReadAsStreamAsync(patience.Token);
        var read = await _stream.ReadAsync(buffer, patience.Token);
        patience.Restart();
        return read;
    }

    public void Dispose()
    {
        _response?.Dispose();
        request.Dispose();
        patience.Dispose();
    }
}
