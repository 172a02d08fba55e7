using Gateway.Api.Assets;
using Gateway.Api.Http;
using Gateway.Api.Push;
using Gateway.Api.Submitting;
using Gateway.Engine.Storage;
using Gateway.Engine.Turns;
using Gateway.Model.Jobs;
using Gateway.Model.Kinds;

namespace Gateway.Api.Calls;

/// <summary>
/// A call with an <c>Idempotency-Key</c> is a job whose end is waited for; its result is the upstream's answer byte for byte.
/// </summary>
internal sealed class KeyedCalls(
    CallJobs calls, IdempotentAnswers answers, JobWaiter waiter, IBodyStore bodies, MadeAssets made, KindLimits limits)
{
    public async Task RunAsync(HttpContext context, CallRequest call, CallFormat format, CancellationToken cancellationToken)
    {
        if (call.Native.Stream)
            throw new ApiException(
                ApiError.Field("Idempotency-Key", "must be left out of such a call when it streams: only a chat's stream is kept"));
        var answer = await answers.RunAsync(
            call.Headers.Key,
            () => calls.SubmitAsync(context, call, cancellationToken),
            async accepted =>
                await AnswerAsync(
                    context, await calls.StartedAsync(accepted.Job, call, cancellationToken), call, format, cancellationToken),
            job => AnswerAsync(context, job, call, format, cancellationToken),
            context,
            keeps: false);
        await answer.ToResult().ExecuteAsync(context);
    }

    /// <summary>The answer in one piece, once there is one: the upstream's, or in the surface's words why the job failed.</summary>
    /// <exception cref="ApiException">Nobody knows yet.</exception>
    public async Task<FinishedAnswer> AnswerAsync(
        HttpContext context, JobState job, CallRequest call, CallFormat format, CancellationToken cancellationToken)
    {
        // What was dispatched ends by its kind's hard end at the latest.
        job = await waiter.WaitAsync(job, HasVerdict, limits[job.Kind].LongestRun, cancellationToken);
        if (job.Result is { } result && await bodies.ReadAsync(job.Id, BodyPart.Result, result, cancellationToken) is { } bytes)
        {
            if (made.NoteOf(job.Work, call.Caller, call.Body, job.Id) is { } note) await note(job.Account!.Value, bytes);
            return new FinishedAnswer(StatusCodes.Status200OK, format.TypeOfWhole(result.ContentType), format.Whole(bytes));
        }

        return job.Status.IsTerminal ? Dialect.Of(context).Answer(JobFailure.Of(job)) : throw new ApiException(Undecided);
    }

    private static bool HasVerdict(JobState job) => job.Status.IsTerminal || job.Status == JobStatus.Unknown;

    private static readonly ApiError Undecided = new(
        503,
        "outcome_unknown",
        "Nobody knows yet what became of this request; ask again with the same Idempotency-Key.",
        RetryAfter: TimeSpan.FromSeconds(20));
}
