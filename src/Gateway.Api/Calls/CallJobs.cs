using Gateway.Api.Http;
using Gateway.Api.Push;
using Gateway.Api.Submitting;
using Gateway.Grains.Jobs;
using Gateway.Grains.Routing;
using Gateway.Model.Jobs;
using Gateway.Model.Kinds;
using Gateway.Silo.Queueing;

namespace Gateway.Api.Calls;

/// <summary>
/// The job behind a call with an <c>Idempotency-Key</c>: durable before it is sent, so the same key finds the same job. One that
/// still waits when the caller's patience ends is taken back with its key, as a call that finds no slot leaves nothing behind.
/// </summary>
internal sealed class CallJobs(JobPath path, JobGrain jobs, JobWaiter waiter, RouterGrain router)
{
    public Task<JobSubmission> SubmitAsync(HttpContext context, CallRequest call, CancellationToken cancellationToken)
    {
        var draft = new JobDraft(call.Caller.Team, call.Work, call.Body)
        {
            MayQueue = call.Patience > TimeSpan.Zero,
            Key = call.Headers.Key,
            Fingerprint = call.Headers.FingerprintOf(context.Request, call.Body),
            IsStreamed = call.Native.Stream,
        };
        return path.SubmitAsync(call.Caller, draft, call.Native, cancellationToken);
    }

    /// <summary>The job once it is being sent.</summary>
    /// <exception cref="ApiException">Nobody was free in time.</exception>
    public async Task<JobState> StartedAsync(JobState job, CallRequest call, CancellationToken cancellationToken)
    {
        job = await waiter.WaitAsync(job, waiting => waiting.Status != JobStatus.Queued, call.Patience, cancellationToken);
        if (job.Status == JobStatus.Queued && await jobs.WithdrawAsync(job.Id, call.Headers.Key!))
            throw new ApiException(Busy.Error(router.WhyNot(new RouteRequest(job.Work, job.Id) { Team = job.Team })));
        return job;
    }
}
