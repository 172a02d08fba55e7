using Gateway.Api.Auth;
using Gateway.Model.Queueing;

namespace Gateway.Api.Push;

/// <summary>One open stream of server-sent events: its head, its keep-alive, and the caller's right to it.</summary>
internal sealed class SseStream(HttpContext context, Caller caller, TimeProvider time)
{
    /// <summary>How often a stream without events asks whether it <see cref="GoesOnAsync"/>.</summary>
    public static readonly TimeSpan Tick = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(15);

    private long _sentAt = time.GetTimestamp();
    private long _checkedAt = time.GetTimestamp();

    /// <summary>Sends the head.</summary>
    /// <param name="random">Spreads the clients that come back.</param>
    /// <param name="id">Where a client that is cut before the first event goes on: a block with an id alone sets it, and is no
    /// event.</param>
    public async Task BeginAsync(IRandom random, string? id = null)
    {
        OpenAnswers.Leave(context);
        var response = context.Response;
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-cache, no-transform";
        response.Headers["X-Accel-Buffering"] = "no";
        // Spread: after a restart of this node all its clients come back.
        await WriteAsync($"retry: {1500 + random.Next(1500)}\n{(id is null ? "" : $"id: {id}\n")}\n");
    }

    /// <summary>Frames that are somebody else's, as they are.</summary>
    public async Task SendAsync(ReadOnlyMemory<byte> frames)
    {
        await context.Response.Body.WriteAsync(frames, context.RequestAborted);
        await FlushAsync();
    }

    /// <summary>Tells an event; one without an id leaves the client at the last it has.</summary>
    public Task SendAsync(string? id, string name, string data) =>
        WriteAsync($"{(id is null ? "" : $"id: {id}\n")}event: {name}\ndata: {data}\n\n");

    /// <summary>
    /// Keeps the connection open where nothing is told, and asks again who is listening: a revoked token ends its streams (S2).
    /// </summary>
    /// <returns>Whether the stream may go on.</returns>
    public async ValueTask<bool> GoesOnAsync()
    {
        if (time.GetElapsedTime(_checkedAt) >= KeepAlive)
        {
            if (await RequireCaller.FindAsync(context) != caller) return false;
            _checkedAt = time.GetTimestamp();
        }

        if (time.GetElapsedTime(_sentAt) >= KeepAlive) await WriteAsync(": keep-alive\n\n");
        return true;
    }

    private async Task WriteAsync(string text)
    {
        await context.Response.WriteAsync(text, context.RequestAborted);
        await FlushAsync();
    }

    private async Task FlushAsync()
    {
        await context.Response.Body.FlushAsync(context.RequestAborted);
        _sentAt = time.GetTimestamp();
    }
}
