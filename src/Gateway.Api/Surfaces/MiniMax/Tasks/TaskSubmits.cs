using Gateway.Api.Auth;
using Gateway.Api.Bodies;
using Gateway.Api.Http;
using Gateway.Api.Native;
using Gateway.Api.Push;
using Gateway.Api.Submitting;
using Gateway.Engine.Bodies;
using Gateway.Grains.Routing;
using Gateway.Model.Jobs;
using Gateway.Model.Kinds;
using Gateway.Silo.Queueing;

namespace Gateway.Api.Surfaces.MiniMax.Tasks;

/// <summary>A native submit becomes a job like any other; only its answer is in MiniMax's words.</summary>
internal static class TaskSubmits
{
    /// <summary>How long a slot that looks free may take to be the job's: another node's work may have it already.</summary>
    private static readonly TimeSpan TimeToBeSent = TimeSpan.FromSeconds(1);

    public static Delegate Of(NativeTask task) =>
        (
            HttpContext context, Caller caller, JobPath jobs, IdempotentAnswers answers, JobWaiter waiter, RouterGrain router,
            QueuePauses pauses, BodyLimitOptions bodies, CancellationToken cancellationToken) =>
            SubmitAsync(task, context, caller, jobs, answers, waiter, router, pauses, bodies, cancellationToken);

    private static async Task<IResult> SubmitAsync(
        NativeTask task, HttpContext context, Caller caller, JobPath jobs, IdempotentAnswers answers, JobWaiter waiter, RouterGrain router,
        QueuePauses pauses, BodyLimitOptions bodies, CancellationToken cancellationToken)
    {
        var headers = SubmitHeaders.Read(context.Request, caller);
        var body = await context.Request.ReadBodyAsync(bodies.Native, cancellationToken);
        var request = NativeRequest.Read(task.Operation.Kind, task.Operation.Which, body, cancellationToken: cancellationToken);
        var draft = new JobDraft(caller.Team, request.Work, body)
        {
            MayQueue = headers.MayQueue,
            Key = headers.Key,
            Fingerprint = headers.FingerprintOf(context.Request, body),
            Callback = request.Callback,
        };
        try
        {
            return (await answers.RunAsync(
                headers.Key,
                () => jobs.SubmitAsync(caller, draft, request, cancellationToken),
                async accepted => task.Words.Created(await VerdictAsync(accepted), body),
                job => Task.FromResult(task.Words.Created(job, body)),
                context)).ToResult();
        }
        catch (ApiException refused) when (refused.Error.NativeCode is { } code)
        {
            // What the upstream would refuse: an id of another's must not be told from an unknown one by its answer's shape.
            return task.Words.Refused(code, refused.Error.Message, body).ToResult();
        }

        // With a free slot the upstream's verdict is the answer, else the queued task (J11). Cancelled meanwhile it is a task all the
        // same, and its query says what became of it.
        async Task<JobState> VerdictAsync(JobSubmission.Accepted accepted)
        {
            var job = accepted.Job;
            if (!accepted.IsBeingSent)
            {
                if (pauses.Find(job.Lane) is not null
                    || router.WhyTeamWaits(job.Team) is not null
                    || !router.CanServeNow(new RouteRequest(job.Work, job.Id) { Team = job.Team }))
                    return job;
                // A slot looks free from here: whether it is shows soon.
                job = await waiter.WaitAsync(job, found => found.Status != JobStatus.Queued, TimeToBeSent, cancellationToken);
                if (job.Status == JobStatus.Queued) return accepted.Job;
            }

            job = await waiter.WaitAsync(job, HasVerdict, KindLimits.Quick.FirstByte, cancellationToken);
            return job.Status == JobStatus.Cancelled ? accepted.Job : job;
        }
    }

    private static bool HasVerdict(JobState job) => job.Status is not (JobStatus.Queued or JobStatus.Submitting);
}
