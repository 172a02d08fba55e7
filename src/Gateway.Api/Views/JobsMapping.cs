using Gateway.Api.Auth;
using Gateway.Engine.Jobs;
using Gateway.Model.Ids;
using Gateway.Model.Jobs;
using Gateway.Model.Kinds;
using Gateway.Silo.Queueing;

namespace Gateway.Api.Views;

/// <summary>Shows a job to its caller.</summary>
internal sealed class JobsMapping(QueuePosition outlook, WaitReasons waits, JobViews views, TimeProvider time)
{
    // What a job waited for longer ago nobody knows any more.
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(5);

    public async Task<JobView> ViewAsync(JobState job, Caller caller, CancellationToken cancellationToken)
    {
        var place = await outlook.PlaceAsync(job, cancellationToken);
        return View(job, caller) with
        {
            Reason = await ReasonAsync(job, cancellationToken),
            Position = place.Position,
            EtaSeconds = place.Eta is { } eta ? (int)Math.Ceiling(eta.TotalSeconds) : null,
            Result = await views.ResultAsync(job, cancellationToken),
        };
    }

    /// <summary>An event: the job as it was then. A place in the queue would be out of date before it is read.</summary>
    public async Task<JobView> ViewAsync(ToldEvent told, Caller caller, CancellationToken cancellationToken)
    {
        var at = told.At ?? time.GetUtcNow();
        return View(told.Job, caller) with
        {
            Reason = time.GetUtcNow() - at < Fresh ? await ReasonAsync(told.Job, cancellationToken) : told.Job.Reason,
            Result = await views.ResultAsync(told.Job, cancellationToken),
            Snapshot = told.IsSnapshot ? true : null,
            At = at,
        };
    }

    /// <summary>The rows of a list: no results, no places in the queue.</summary>
    public async Task<IReadOnlyList<JobView>> ListAsync(IReadOnlyList<JobState> jobs, Caller caller, CancellationToken cancellationToken)
    {
        var reasons = await waits.OfAsync(jobs, cancellationToken);
        return [.. jobs.Select(job => View(job, caller) with { Reason = reasons.TryGetValue(job.Id, out var words) ? words : job.Reason })];
    }

    public string Link(JobId id) => views.Link(id);

    private JobView View(JobState job, Caller caller) => views.View(job, toAdmin: caller.IsAdmin);

    private async Task<string?> ReasonAsync(JobState job, CancellationToken cancellationToken) =>
        job.Status == JobStatus.Queued ? (await waits.OfAsync([job], cancellationToken))[job.Id] : job.Reason;
}
