using Gateway.Engine.Storage;
using Gateway.Grains.Routing;
using Gateway.Model.Kinds;

namespace Gateway.Silo.Queueing;

/// <summary>Cancels many jobs in small steps, so that whatever else goes on is not held up.</summary>
internal sealed class BulkCancel(IQueryStore queries, RouterGrain router, Canceller canceller)
{
    private const int Step = 50;

    /// <summary>One request cancels so many at most.</summary>
    public const int Most = 10_000;

    /// <summary>Statuses a cancel can end, those that cost nothing first.</summary>
    private static readonly JobStatus[] Open = [JobStatus.Queued, JobStatus.Submitting, JobStatus.Running, JobStatus.Unknown];

    /// <summary>Cancels what the filter shows. Answers how many, and whether there may be more.</summary>
    public async Task<(int Cancelled, bool IsMore)> RunAsync(JobFilter filter, CancellationToken cancellationToken)
    {
        if (filter.Account is { } named) filter = filter with { Account = router.Resolve(named) };
        var cancelled = 0;
        foreach (var status in Open)
        {
            if (filter.Status is { } wanted && wanted != status) continue;
            cancelled += await RunAsync(filter with { Status = status, Limit = Step }, Most - cancelled, cancellationToken);
        }

        return (cancelled, cancelled >= Most);
    }

    private async Task<int> RunAsync(JobFilter filter, int most, CancellationToken cancellationToken)
    {
        var cancelled = 0;
        while (cancelled < most
            && await queries.JobsAsync(filter with { Limit = Math.Min(Step, most - cancelled) }, cancellationToken) is { Count: > 0 } page)
        {
            var ended = await Task.WhenAll(page.Select(job => canceller.CancelAsync(job, cancellationToken)));
            cancelled += ended.Count(job => job is { Status: JobStatus.Cancelled } or { CancelRequested: true });
            filter = filter with { Before = page[^1].Id };
        }

        return cancelled;
    }
}
