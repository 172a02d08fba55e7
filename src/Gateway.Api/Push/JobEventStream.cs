using System.Globalization;
using System.Text.Json;
using Gateway.Api.Auth;
using Gateway.Api.Http;
using Gateway.Api.Views;
using Gateway.Model.Ids;
using Gateway.Model.Jobs;
using Gateway.Model.Kinds;
using Gateway.Model.Queueing;

namespace Gateway.Api.Push;

/// <summary>
/// A job's events as server-sent events: gap-free by seq, resumable by <c>Last-Event-ID</c>, ended by the terminal event.
/// </summary>
internal sealed class JobEventStream(JobEvents events, JobsMapping mapping, IRandom random, TimeProvider time)
{
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
        job.Status.IsTerminal && after >= job.Seq ? Results.NoContent() : new Opened(this, job.Id, caller, Math.Min(after, job.Seq));

    private async Task SendAsync(HttpContext context, JobId job, Caller caller, long after)
    {
        var stream = new SseStream(context, caller, time);
        await stream.BeginAsync(random);
        using var opened = events.Open(job);
        if (await events.ReadAsync(caller.Team, [job], context.RequestAborted) is not [var state]) return;
        await foreach (var told in events.FollowAsync(opened, state, caller.Team, after, context.RequestAborted))
        {
            if (!await stream.GoesOnAsync()) return;
            if (told is null) continue;
            var view = await mapping.ViewAsync(told, caller, context.RequestAborted);
            await stream.SendAsync(
                told.Seq?.ToString(CultureInfo.InvariantCulture), told.Name, JsonSerializer.Serialize(view, JobsJson.Own.JobView));
        }
    }

    private sealed class Opened(JobEventStream owner, JobId job, Caller caller, long after) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext) => owner.SendAsync(httpContext, job, caller, after);
    }
}
