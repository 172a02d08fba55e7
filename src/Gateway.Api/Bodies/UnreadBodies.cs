using System.Buffers;
using Gateway.Api.Auth;
using Gateway.Engine.Bodies;
using Microsoft.AspNetCore.Http.Features;

namespace Gateway.Api.Bodies;

/// <summary>
/// Reads away what a refused request still sends. A client that sends its whole body before it reads would never see the refusal
/// if its connection were just closed; and if the server read them all at once, one team's refused bodies would take the cores
/// from everybody (H3).
/// </summary>
internal sealed class UnreadBodies(RequestDelegate next, DrainLanes lanes, TimeProvider time)
{
    // What is shorter the server reads away in no time.
    private const long Short = 256 * 1024;

    private const int BufferSize = 64 * 1024;

    // About 100 MB a second: the core it is read on has time for others in between.
    private const long Burst = 1024 * 1024;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(8);

    /// <summary>How long a body may take from its turn on, and how long it may wait for that. Then its connection is closed.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(60);

    public async Task InvokeAsync(HttpContext context)
    {
        await next(context);
        if (context.Response.StatusCode < StatusCodes.Status400BadRequest || !MayBeLong(context)) return;
        try
        {
            // The answer first: whoever reads it may stop sending.
            await context.Response.CompleteAsync();
            await DrainAsync(context);
        }
        catch (IOException)
        {
            // Too slow, not framed as HTTP, or gone: the server ends the connection in its own way, after the answer.
        }
        catch (OperationCanceledException)
        {
            context.Abort();
        }
    }

    // Streams of HTTP/2 are reset one by one; nothing needs to be read for that.
    private static bool MayBeLong(HttpContext context) =>
        HttpProtocol.IsHttp11(context.Request.Protocol)
        && !context.RequestAborted.IsCancellationRequested
        && (
            context.Request.ContentLength is { } length
                ? length > Short
                : context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: true });

    private async Task DrainAsync(HttpContext context)
    {
        var team = Caller.TryOf(context)?.Team ?? BodyBudget.Strangers;
        using var patience = new CancellationTokenSource(LongestWait, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, context.RequestAborted);
        await lanes.RunAsync(
            team,
            () =>
            {
                patience.CancelAfter(Longest);
                return ReadAwayAsync(context.Request.Body, either.Token);
            },
            either.Token);
    }

    private async Task<long> ReadAwayAsync(Stream body, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            var all = 0L;
            var burst = 0;
            while (await body.ReadAsync(buffer.AsMemory(), cancellationToken) is var read and > 0)
            {
                all += read;
                if ((burst += read) < Burst) continue;
                burst = 0;
                await Task.Delay(Pause, time, cancellationToken);
            }

            return all;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
