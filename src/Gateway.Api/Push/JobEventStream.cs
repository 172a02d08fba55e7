using System.Globalization;
using System.Text.Json;
using Gateway.Api.Auth;
using Gateway.Api.Http;
using Gateway.Api.Surfaces.Jobs;
using Gateway.Grains.Jobs;
using Gateway.Grains.Storage;

namespace Gateway.Api.Push;

/// <summary>
/// A job's events as server-sent events: gap-free by seq, resumable by <c>Last-Event-ID</c>, ended by the terminal event.
/// It sends only what it read from the store after its last seq, so a hint may be lost, late or doubled (P1), and a slow
/// reader holds one page in memory, never a growing buffer (P3).
/// </summary>
internal sealed class JobEventStream(JobSignals signals, IQueryStore queries, JobsMapping mapping, JobWaiter waiter, TimeProvider time)
{
    private const int PageSize = 64;
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(2);

    /// <summary>The seq a client has seen: the header of a reconnect, or <c>?after=</c> for clients that cannot set one.</summary>
    public static long LastEventId(HttpRequest request)
    {
        var text = request.Headers["Last-Event-ID"].ToString() is { Length: > 0 } header ? header : request.Query["after"].ToString();
        if (text.Length == 0) return 0;
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seq)
            ? seq
            : throw new ApiException(ApiError.Field("Last-Event-ID", "must be the id of an event of this job"));
    }

    public IResult Open(JobState job, Caller caller, long after) =>
        // 204 tells an EventSource that there is nothing more to come.
        // An id that was never given is taken for the last one: waiting for what comes after it would lose what comes before.
        job.Status.IsTerminal && after >= job.Seq ? Results.NoContent() : new Stream(this, job.Id, caller, Math.Min(after, job.Seq));

    private async Task SendAsync(HttpContext context, JobId job, Caller caller, long after)
    {
        var cancellationToken = context.RequestAborted;
        Begin(context.Response);
        await WriteAsync(context.Response, "retry: 2000\n\n", cancellationToken);

        using var subscription = signals.Subscribe(job);
        var lastSent = time.GetTimestamp();
        while (true)
        {
            var moved = subscription.NextMove();
            var events = await queries.EventsAsync(job, after, PageSize, cancellationToken);
            foreach (var change in events)
            {
                await SendAsync(context.Response, change, isSnapshot: change.Seq != after + 1, caller, cancellationToken);
                after = change.Seq;
                lastSent = time.GetTimestamp();
                if (change.Status.IsTerminal) return;
            }

            if (events.Count == PageSize) continue;
            if (waiter.IsStopping) return; // the client comes back with its Last-Event-ID
            await waiter.WaitAsync(moved, LookEvery, cancellationToken);
            if (time.GetElapsedTime(lastSent) < KeepAlive) continue;

            // A revoked token ends its streams (S2).
            if (await RequireCaller.FindAsync(context) is null) return;
            await WriteAsync(context.Response, ": keep-alive\n\n", cancellationToken);
            lastSent = time.GetTimestamp();
        }
    }

    private async Task SendAsync(HttpResponse response, JobEvent change, bool isSnapshot, Caller caller, CancellationToken cancellationToken)
    {
        var view = await mapping.ViewAsync(change, caller, cancellationToken) with { Snapshot = isSnapshot ? true : null };
        var data = JsonSerializer.Serialize(view, JobsJson.Default.JobView);
        await WriteAsync(response, $"id: {change.Seq}\nevent: job.{change.Status.Name}\ndata: {data}\n\n", cancellationToken);
    }

    private static void Begin(HttpResponse response)
    {
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-cache, no-transform";
        response.Headers["X-Accel-Buffering"] = "no";
    }

    private static async Task WriteAsync(HttpResponse response, string text, CancellationToken cancellationToken)
    {
        await response.WriteAsync(text, cancellationToken);
        await response.Body.FlushAsync(cancellationToken);
    }

    private sealed class Stream(JobEventStream owner, JobId job, Caller caller, long after) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext) => owner.SendAsync(httpContext, job, caller, after);
    }
}
