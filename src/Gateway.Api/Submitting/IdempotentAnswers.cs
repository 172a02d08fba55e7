using System.Collections.Concurrent;
using Gateway.Api.Http;
using Gateway.Grains.Jobs;
using Gateway.Model.Jobs;
using Gateway.Silo.Queueing;

namespace Gateway.Api.Submitting;

/// <summary>
/// Makes submits idempotent on every surface: the same key and body give the same status and body again, another body is a
/// 422, and while the first is still being answered a 409.
/// </summary>
internal sealed class IdempotentAnswers(JobGrain jobs)
{
    private readonly ConcurrentDictionary<IdempotencyKey, byte> _inFlight = [];

    /// <summary>Runs a submit under its key.</summary>
    /// <param name="key">The key, or null to run it plainly.</param>
    /// <param name="submit">Submits; called at most once.</param>
    /// <param name="answer">The surface's answer to a job that was made.</param>
    /// <param name="replay">The surface's answer to a job whose first answer was never kept, because its node died.</param>
    /// <param name="context">The request.</param>
    /// <param name="keeps">Whether the answer itself is kept; false where the job's own result makes it again.</param>
    public async Task<FinishedAnswer> RunAsync(
        IdempotencyKey? key, Func<Task<JobSubmission>> submit, Func<JobSubmission.Accepted, Task<FinishedAnswer>> answer,
        Func<JobState, Task<FinishedAnswer>> replay, HttpContext context, bool keeps = true)
    {
        if (key is null) return await AnswerAsync(await submit());
        if (!_inFlight.TryAdd(key, 0)) throw InFlight();
        try
        {
            return await AnswerAsync(await submit());
        }
        finally
        {
            _inFlight.TryRemove(key, out _);
        }

        async Task<FinishedAnswer> AnswerAsync(JobSubmission submission)
        {
            switch (submission)
            {
                case JobSubmission.Accepted accepted:
                    var fresh = await answer(accepted);
                    if (key is not null && keeps)
                        jobs.KeepAnswer(
                            key, accepted.Job.Id,
                            new StoredAnswer(fresh.Status, fresh.ContentType, fresh.KeptBody ?? fresh.Body.ToArray(), fresh.Location));
                    return fresh;
                case JobSubmission.Replayed { Record.Answer: { } kept }:
                    context.Response.Headers["Idempotency-Replayed"] = "true";
                    return new FinishedAnswer(kept.Status, kept.ContentType, kept.Body, kept.Location);
                case JobSubmission.Replayed { Job: { } job }:
                    context.Response.Headers["Idempotency-Replayed"] = "true";
                    return await replay(job);
                default:
                    throw new ApiException(Explain(submission));
            }
        }
    }

    public static ApiException InFlight() => new(new ApiError(
        409,
        "idempotency_in_flight",
        "A request with this Idempotency-Key is still being answered.",
        [new FieldError("Idempotency-Key", "must not be sent again before the first answer")],
        TimeSpan.FromSeconds(1)));

    public static ApiError Explain(JobSubmission submission) => submission switch
    {
        JobSubmission.KeyReused =>
            new ApiError(
                422, "idempotency_key_reused", "This Idempotency-Key was used with another request.",
                [new FieldError("Idempotency-Key", "must name one request only")]),
        JobSubmission.Impossible impossible =>
            new ApiError(422, "no_account_can_serve", impossible.Never.Why, [new FieldError("model", "must be served by some account")]),
        JobSubmission.NobodyIsFree busy => Busy.Error(busy.Nobody),
        JobSubmission.QueueFull full => new ApiError(429, "queue_full", full.Why, RetryAfter: QueueLimits.RetryAfter),
        JobSubmission.Paused =>
            new ApiError(
                429,
                "queue_paused",
                "An operator has paused such jobs.",
                [new FieldError("Gateway-Queue", "must not be 'off' to wait for the end of the pause")],
                QueueLimits.RetryAfter),
        JobSubmission.BadTime late => ApiError.Field(late.Field, late.Rule),
        JobSubmission.Replayed =>
            new ApiError(
                422, "idempotency_key_reused", "The job of this Idempotency-Key is gone.",
                [new FieldError("Idempotency-Key", "must be a fresh one")]),
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
