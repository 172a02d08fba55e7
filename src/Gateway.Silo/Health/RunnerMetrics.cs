using Gateway.Engine.Storage;
using Gateway.Engine.Turns;
using Gateway.Model.Accounts;
using Gateway.Model.Jobs;
using Gateway.Model.Kinds;

namespace Gateway.Silo.Health;

/// <summary>The batches of this node, and the jobs the store counts while it can be reached.</summary>
internal sealed class RunnerMetrics(BatchRunner runner, IQueryStore queries)
{
    public async Task WriteAsync(PrometheusText page, CancellationToken cancellationToken)
    {
        var (batches, turns) = runner.Committed;
        page.Metric(MetricNames.Batches, "counter", "Batches of turns run on this node.").Sample(MetricNames.Batches, batches);
        page.Metric(MetricNames.Turns, "counter", "Turns run on this node.").Sample(MetricNames.Turns, turns);
        page.Metric(
            MetricNames.TurnsWaiting, "gauge", "Turns that wait for the next batch.").Sample(MetricNames.TurnsWaiting, runner.Waiting);
        page.Metric(
            MetricNames.StoreUp, "gauge",
            "1 when the database took the last batch.").Sample(MetricNames.StoreUp, runner.IsStoreReachable ? 1 : 0);
        if (runner.IsStoreReachable) await JobsAsync(page, cancellationToken);
    }

    private async Task JobsAsync(PrometheusText page, CancellationToken cancellationToken)
    {
        var counts = await queries.CountsAsync(cancellationToken);
        page.Metric(MetricNames.Jobs, "gauge", "Jobs that have not ended, by status and kind.");
        // Zeros too: a series that comes and goes breaks alerts.
        foreach (var status in Enum.GetValues<JobStatus>().Where(status => !status.IsTerminal))
            foreach (var kind in Enum.GetValues<JobKind>())
                page.Sample(
                    MetricNames.Jobs,
                    counts.FirstOrDefault(count => count.Status == status && count.Kind == kind)?.Count ?? 0,
                    ("status", status.Name),
                    ("kind", kind.Name));
        page.Metric(MetricNames.QueueDepth, "gauge", "Jobs that wait for a slot.");
        page.Sample(MetricNames.QueueDepth, counts.Where(count => count.Status == JobStatus.Queued).Sum(count => count.Count));
    }
}
