using Gateway.Api.Auth;
using Gateway.Api.Http;
using Gateway.Api.Push;
using Gateway.Api.Surfaces.MiniMax.Tasks;
using Gateway.Grains.Jobs;
using Gateway.Grains.Routing;
using Gateway.Grains.Storage;
using Gateway.Grains.Turns;

namespace Gateway.Api.Surfaces.MiniMax;

/// <summary>
/// A paid call with an <c>Idempotency-Key</c> is a job whose end is waited for: durable before it is sent, so the same key
/// finds the same job, and its result is the upstream's answer byte for byte. A job still waiting when the caller's patience
/// ends is taken back with its key, as a call that finds no slot leaves nothing behind.
/// </summary>
internal sealed class KeyedCalls(NativeJobs native, IdempotentAnswers answers, JobGrain jobs, JobWaiter waiter, RouterGrain router, IBodyStore bodies, MadeAssets made, KindLimits limits)
{
    private static readonly TimeSpan DefaultWait = TimeSpan.FromSeconds(30);

    public async Task RunAsync(HttpContext context, Caller caller, NativeRequest request, byte[] body, SubmitHeaders headers, CancellationToken cancellationToken)
    {
        if (request.Stream) throw new ApiException(ApiError.Field("Idempotency-Key", "must be left out of a call that streams: a stream cannot be given again"));
        // A call without patience never enters the queue.
        var patience = headers.MayQueue ? headers.Wait ?? DefaultWait : TimeSpan.Zero;
        var submit = new NativeSubmit(caller, request.Work, body, Priority: 5, headers with { MayQueue = patience > TimeSpan.Zero }, SubmitHeaders.Fingerprint(context.Request, body), Callback: null);
        var answer = await answers.RunAsync(
            headers.Key,
            () => native.SubmitAsync(submit, cancellationToken),
            async accepted => await AnswerAsync(await StartedAsync(accepted.Job, headers.Key!, patience, cancellationToken), caller, body, cancellationToken),
            job => AnswerAsync(job, caller, body, cancellationToken),
            context,
            keeps: false);
        await answer.ToResult().ExecuteAsync(context);
    }

    private async Task<JobState> StartedAsync(JobState job, IdempotencyKey key, TimeSpan patience, CancellationToken cancellationToken)
    {
        job = await waiter.WaitAsync(job, waiting => waiting.Status != JobStatus.Queued, patience, cancellationToken);
        if (job.Status == JobStatus.Queued && await jobs.WithdrawAsync(job.Id, key)) throw new ApiException(Busy.Error(router.WhyNot(job.Work)));
        return job;
    }

    private async Task<FinishedAnswer> AnswerAsync(JobState job, Caller caller, byte[] body, CancellationToken cancellationToken)
    {
        // What was dispatched ends by its kind's hard end at the latest.
        job = await waiter.WaitAsync(job, HasVerdict, limits[job.Kind].LongestRun, cancellationToken);
        if (job.Result is { } result && await bodies.ReadAsync(job.Id, BodyPart.Result, result, cancellationToken) is { } bytes)
        {
            if (made.NoteOf(job.Operation, caller, body, job.Id) is { } note) await note(job.Account!.Value, bytes);
            return new FinishedAnswer(StatusCodes.Status200OK, result.ContentType, bytes);
        }

        if (!job.Status.IsTerminal) throw new ApiException(Undecided);
        return TaskWords.Answer(new BaseRespAnswer(job.Verdict), MiniMaxJson.Default.BaseRespAnswer);
    }

    private static bool HasVerdict(JobState job) => job.Status.IsTerminal || job.Status == JobStatus.Unknown;

    private static readonly ApiError Undecided = new(503, "outcome_unknown", "Nobody knows yet what became of this request; ask again with the same Idempotency-Key.", RetryAfter: TimeSpan.FromSeconds(20));
}
