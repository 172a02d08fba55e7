using Gateway.Api.Auth;
using Gateway.Api.Http;
using Gateway.Api.Push;
using Gateway.Grains.Jobs;
using Gateway.Grains.Routing;
using Gateway.Model.Jobs;
using Gateway.Model.Kinds;
using Gateway.Silo.Queueing;

namespace Gateway.Api.Surfaces.MiniMax;

/// <summary>
/// The job behind a call with an <c>Idempotency-Key</c>: durable before it is sent, so the same key finds the same job. One that
/// still waits when the caller's patience ends is taken back with its key, as a call that finds no slot leaves nothing behind.
/// </summary>
internal sealed class CallJobs(NativeJobs native, JobGrain jobs, JobWaiter waiter, RouterGrain router)
{
    private static readonly TimeSpan DefaultWait = TimeSpan.FromSeconds(30);

    public Task<JobSubmission> SubmitAsync(HttpContext context, Caller caller, NativeRequest request, byte[] body, SubmitHeaders headers, CancellationToken cancellationToken)
    {
        var submit = new NativeSubmit(caller, request.Work, body, Priority: 5, headers with { MayQueue = PatienceOf(headers) > TimeSpan.Zero }, SubmitHeaders.Fingerprint(context.Request, body), Callback: null)
        {
            IsStreamed = request.Stream,
        };
        return native.SubmitAsync(submit, cancellationToken);
    }

    /// <summary>The job once it is being sent.</summary>
    /// <exception cref="ApiException">Nobody was free in time.</exception>
    public async Task<JobState> StartedAsync(JobState job, SubmitHeaders headers, CancellationToken cancellationToken)
    {
        job = await waiter.WaitAsync(job, waiting => waiting.Status != JobStatus.Queued, PatienceOf(headers), cancellationToken);
        if (job.Status == JobStatus.Queued && await jobs.WithdrawAsync(job.Id, headers.Key!)) throw new ApiException(Busy.Error(router.WhyNot(new RouteRequest(job.Work, job.Id) { Team = job.Team })));
        return job;
    }

    // A call without patience never enters the queue.
    private static TimeSpan PatienceOf(SubmitHeaders headers) => headers.MayQueue ? headers.Wait ?? DefaultWait : TimeSpan.Zero;
}
