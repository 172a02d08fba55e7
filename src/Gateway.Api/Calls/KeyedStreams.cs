using System.Globalization;
using System.Text;
using Gateway.Api.Auth;
using Gateway.Api.Http;
using Gateway.Api.Push;
using Gateway.Api.Submitting;
using Gateway.Engine.Storage;
using Gateway.Model.Jobs;
using Gateway.Model.Kinds;
using Gateway.Silo.Queueing;

namespace Gateway.Api.Calls;

/// <summary>
/// A chat that streams under an <c>Idempotency-Key</c> is a job whose stream is the answer: a client that was dropped sends the
/// same request again, with the <c>Last-Event-ID</c> it has read to, and goes on from there. Without that header a request whose
/// answer still comes is a 409, as under any key (P5).
/// </summary>
internal sealed class KeyedStreams(
    CallJobs calls, KeyedCalls whole, JobStream stream, IStreamStore streams, JobWaiter waiter, TimeProvider time)
{
    // Beyond the hard end of any chat that is shipped: what was dispatched has begun, or ended, by then.
    private static readonly TimeSpan LongestWaitForBegin = TimeSpan.FromMinutes(20);

    public async Task RunAsync(HttpContext context, CallRequest call, CancellationToken cancellationToken)
    {
        var seen = JobStream.LastByte(context.Request);
        var job = await calls.SubmitAsync(context, call, cancellationToken) switch
        {
            JobSubmission.Accepted accepted => await calls.StartedAsync(accepted.Job, call, cancellationToken),
            JobSubmission.Replayed { Job: { } known } => Again(context, known, seen),
            var refused => throw new ApiException(IdempotentAnswers.Explain(refused)),
        };

        job = await waiter.WaitAsync(job, HasBegun, LongestWaitForBegin, cancellationToken);
        var end = await streams.EndAsync(job.Id, cancellationToken);
        if (end == 0)
            await (await whole.AnswerAsync(context, job, call, new CallFormat(), cancellationToken)).ToResult().ExecuteAsync(context);
        else if (JobStream.IsHeard(job, end, seen)) context.Response.StatusCode = StatusCodes.Status204NoContent;
        else await TellAsync(context, call.Caller, job, Math.Min(seen ?? 0, end), cancellationToken);
    }

    private static JobState Again(HttpContext context, JobState job, long? seen)
    {
        if (!job.Status.IsTerminal && seen is null) throw IdempotentAnswers.InFlight();
        context.Response.Headers["Idempotency-Replayed"] = "true";
        return job;
    }

    private static byte[] ErrorFrame(HttpContext context, JobState job, long id) =>
        [.. "data: "u8, .. Dialect.Of(context).Frame(JobFailure.Of(job)).Span, .. IdLine(id)];

    private static byte[] IdLine(long id) => Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"\nid: {id}\n\n"));

    private static bool HasBegun(JobState job) => job.Status is JobStatus.Running or JobStatus.Unknown || job.Status.IsTerminal;

    private async Task TellAsync(HttpContext context, Caller caller, JobState job, long seen, CancellationToken cancellationToken)
    {
        var frames = new SseStream(context, caller, time);
        // left before its end: the client comes back
        if (await stream.SendAsync(frames, job.Id, seen, cancellationToken) is not { } ended) context.Abort();
        // In the surface's words for trouble in the middle of a stream: a broken connection could take the last frames with it.
        else if (ended.Status != JobStatus.Succeeded)
            await frames.SendAsync(ErrorFrame(context, ended, JobStream.LastId(await streams.EndAsync(job.Id, cancellationToken))));
    }
}
