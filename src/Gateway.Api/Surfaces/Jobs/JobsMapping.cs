using Gateway.Api.Auth;
using Gateway.Api.Push;
using Gateway.Grains.Jobs;
using Gateway.Silo.Queueing;

namespace Gateway.Api.Surfaces.Jobs;

/// <summary>Shows a job to its caller.</summary>
internal sealed class JobsMapping(QueueOutlook outlook, JobViews views)
{
    public async Task<JobView> ViewAsync(JobState job, Caller caller, CancellationToken cancellationToken)
    {
        var place = await outlook.PlaceAsync(job, cancellationToken);
        return View(job, caller) with
        {
            Position = place.Position,
            EtaSeconds = place.Eta is { } eta ? (int)Math.Ceiling(eta.TotalSeconds) : null,
            Result = await views.ResultAsync(job, cancellationToken),
        };
    }

    /// <summary>An event: the job as it was then. A place in the queue would be out of date before it is read.</summary>
    public async Task<JobView> ViewAsync(ToldEvent told, Caller caller, CancellationToken cancellationToken) =>
        View(told.Job, caller) with { Result = await views.ResultAsync(told.Job, cancellationToken), Snapshot = told.IsSnapshot ? true : null };

    /// <summary>A row of a list: no result, no place in the queue.</summary>
    public JobView View(JobState job, Caller caller) => views.View(job, showAccount: caller.IsAdmin);

    public string Link(JobId id) => views.Link(id);
}
