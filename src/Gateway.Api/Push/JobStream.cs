using System.Globalization;
using System.Text.Json;
using Gateway.Api.Auth;
using Gateway.Api.Http;
using Gateway.Api.Views;
using Gateway.Engine.Notifiers;
using Gateway.Engine.Storage;
using Gateway.Model.Ids;
using Gateway.Model.Jobs;
using Gateway.Model.Kinds;
using Gateway.Model.Queueing;

namespace Gateway.Api.Push;

/// <summary>
/// A job's streamed answer as it is kept: the upstream's own frames, each with the place where it ends as its id, from any
/// node and from any byte on (P4). It sends only what it read from the store (P1), a page at a time.
/// </summary>
internal sealed class JobStream(
    JobNotifier moves, StreamNotifier growth, IStreamStore streams, IQueryStore queries, JobWaiter waiter, JobsMapping mapping,
    IRandom random, TimeProvider time)
{
    private const int PageSize = 16;

    // Growth is told by this node's notifier and by other nodes' notices; these may be lost.
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(2);

    /// <summary>
    /// The place a client has read to: the header of a reconnect, or <c>?offset=</c>; null where it comes for the first time.
    /// </summary>
    public static long? LastByte(HttpRequest request)
    {
        var text = request.Headers["Last-Event-ID"].ToString() is { Length: > 0 } header ? header : request.Query["offset"].ToString();
        if (text.Length == 0) return null;
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var place)
            ? place
            : throw new ApiException(ApiError.Field("Last-Event-ID", "must be the id of a frame of this stream"));
    }

    /// <exception cref="ApiException">The job has no stream.</exception>
    public async Task<IResult> OpenAsync(JobState job, Caller caller, long? seen, CancellationToken cancellationToken)
    {
        if (!job.IsStreamed)
            throw new ApiException(
                new ApiError(409, "job_not_streamed", "This job has no stream; only a chat whose request says 'stream' has one."));
        var end = await streams.EndAsync(job.Id, cancellationToken);
        // A place that is not there yet is taken for the end.
        return IsHeard(job, end, seen) ? Results.NoContent() : new Opened(this, job.Id, caller, Math.Min(seen ?? 0, end));
    }

    /// <summary>Whether a client has all there will be: a 204 tells an EventSource that there is nothing more to come.</summary>
    public static bool IsHeard(JobState job, long end, long? seen) =>
        job.Status.IsTerminal && seen >= (HasLastEvent(job, end) ? LastId(end) : end);

    /// <summary>
    /// The id of what is put behind the last frame; one of its own, for whoever saw that frame has not heard of what became of the job.
    /// </summary>
    public static long LastId(long end) => end + 1;

    // A whole answer says itself that it is whole. Of one that is not, or that came without any frame, the client hears what became of it.
    private static bool HasLastEvent(JobState job, long end) => job.Status != JobStatus.Succeeded || end == 0;

    /// <summary>
    /// Sends what there is after a place, and what comes, up to the job's end. Answers the job that has ended; null when the stream was
    /// left before.
    /// </summary>
    public async Task<JobState?> SendAsync(SseStream stream, JobId id, long seen, CancellationToken cancellationToken)
    {
        using var moved = moves.Subscribe(id);
        using var grown = growth.Subscribe(id);
        await stream.BeginAsync(random);
        // From the byte before: its chunk tells of which attempt the client has seen something.
        var (place, attempt) = (Math.Max(0, seen - 1), 0);
        var hint = Task.CompletedTask;
        while (await stream.GoesOnAsync())
        {
            // Taken before the read (P1), and only where the last has come: one that is left waiting stays with both pulses until they
            // move.
            if (hint.IsCompleted) hint = Task.WhenAny(moved.NextMove(), grown.NextMove());
            // The job before its bytes: what has ended then grows no more.
            if (await queries.JobAsync(id, cancellationToken) is not { } job) return null;
            var chunks = await streams.ReadAsync(id, place, PageSize, cancellationToken);
            foreach (var chunk in chunks)
            {
                if (attempt > 0 && chunk.Attempt != attempt)
                    await stream.SendAsync($"{chunk.Start}", "restart", $$"""{"attempt":{{chunk.Attempt}}}""");
                if (StreamFrames.After(chunk, seen) is { IsEmpty: false } frames) await stream.SendAsync(frames);
                (place, attempt) = (chunk.End, chunk.Attempt);
            }

            if (chunks.Count == PageSize) continue;
            if (job.Status.IsTerminal) return job;
            if (waiter.IsStopping) return null; // the client comes back with its last id
            await waiter.WaitAsync(hint, LookEvery, cancellationToken);
        }

        return null;
    }

    private async Task SendAsync(HttpContext context, JobId id, Caller caller, long seen)
    {
        var stream = new SseStream(context, caller, time);
        if (await SendAsync(stream, id, seen, context.RequestAborted) is not { } ended) return;
        var end = await streams.EndAsync(id, context.RequestAborted);
        if (!HasLastEvent(ended, end)) return;
        var view = await mapping.ViewAsync(new ToldEvent(ended, ended.FinishedAt), caller, context.RequestAborted);
        await stream.SendAsync($"{LastId(end)}", EventNames.Of(ended.Status), JsonSerializer.Serialize(view, JobsJson.Own.JobView));
    }

    private sealed class Opened(JobStream owner, JobId id, Caller caller, long seen) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext) => owner.SendAsync(httpContext, id, caller, seen);
    }
}
