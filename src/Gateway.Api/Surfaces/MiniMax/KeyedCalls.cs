using Gateway.Api.Auth;
using Gateway.Api.Http;
using Gateway.Api.Push;
using Gateway.Api.Surfaces.MiniMax.Tasks;
using Gateway.Engine.Storage;
using Gateway.Engine.Turns;
using Gateway.Model.Jobs;
using Gateway.Model.Kinds;

namespace Gateway.Api.Surfaces.MiniMax;

/// <summary>A call with an <c>Idempotency-Key</c> is a job whose end is waited for; its result is the upstream's answer byte for byte.</summary>
internal sealed class KeyedCalls(CallJobs calls, IdempotentAnswers answers, JobWaiter waiter, IBodyStore bodies, MadeAssets made, KindLimits limits)
{

    public async Task RunAsync(HttpContext context, Caller caller, NativeRequest request, byte[] body, SubmitHeaders headers, CancellationToken cancellationToken)
    {
        if (request.Stream) throw new ApiException(ApiError.Field("Idempotency-Key", "must be left out of such a call when it streams: only a chat's stream is kept"));
        var answer = await answers.RunAsync(
            headers.Key,
            () => calls.SubmitAsync(context, caller, request, body, headers, cancellationToken),
            async accepted => await AnswerAsync(await calls.StartedAsync(accepted.Job, headers, cancellationToken), caller, body, cancellationToken),
            job => AnswerAsync(job, caller, body, cancellationToken),
            context,
            keeps: false);
        await answer.ToResult().ExecuteAsync(context);
    }

    /// <summary>The answer in one piece, once there is one.</summary>
    public async Task<FinishedAnswer> AnswerAsync(JobState job, Caller caller, byte[] body, CancellationToken cancellationToken)
    {
        // What was dispatched ends by its kind's hard end at the latest.
        job = await waiter.WaitAsync(job, HasVerdict, limits[job.Kind].LongestRun, cancellationToken);
        if (job.Result is { } result && await bodies.ReadAsync(job.Id, BodyPart.Result, result, cancellationToken) is { } bytes)
        {
            if (made.NoteOf(job.Operation, caller, body, job.Id) is { } note) await note(job.Account!.Value, bytes);
            return new FinishedAnswer(StatusCodes.Status200OK, result.ContentType, bytes);
        }

        if (!job.Status.IsTerminal) throw new ApiException(Undecided);
        return NativeTaskAnswers.Answer(new BaseRespAnswer(job.Verdict), MiniMaxJson.Own.BaseRespAnswer);
    }

    private static bool HasVerdict(JobState job) => job.Status.IsTerminal || job.Status == JobStatus.Unknown;

    private static readonly ApiError Undecided = new(503, "outcome_unknown", "Nobody knows yet what became of this request; ask again with the same Idempotency-Key.", RetryAfter: TimeSpan.FromSeconds(20));
}
