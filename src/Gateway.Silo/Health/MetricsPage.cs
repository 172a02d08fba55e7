using Gateway.Grains.Jobs;
using Gateway.Grains.Routing;
using Gateway.Grains.Storage;
using Gateway.Grains.Telemetry;
using Gateway.Grains.Turns;

namespace Gateway.Silo.Health;

/// <summary>What <c>/metrics</c> shows: from this node's memory, and one cheap count of the jobs that have not ended.</summary>
internal sealed class MetricsPage(RouterGrain router, CallGate gate, LiveOperations live, OverloadBreakers overloads, BatchRunner runner, IQueryStore queries, TimeProvider time)
{
    public async Task<string> RenderAsync(CancellationToken cancellationToken)
    {
        var page = new PrometheusText();
        Slots(page);
        Runner(page);
        if (runner.IsStoreReachable) await JobsAsync(page, cancellationToken);
        return page.ToString();
    }

    private void Slots(PrometheusText page)
    {
        var accounts = router.All().Where(account => account.StandsForItself).OrderBy(account => account.Id).ToList();
        page.Metric(MetricNames.SlotsUsed, "gauge", "Slots taken by leases, by account.");
        foreach (var account in accounts) page.Sample(MetricNames.SlotsUsed, account.Leases.Length, ("account", account.Id.Value));
        page.Metric(MetricNames.SlotsMax, "gauge", "Slots an account may have taken at once (maxJobs).");
        foreach (var account in accounts) page.Sample(MetricNames.SlotsMax, account.MaxJobs, ("account", account.Id.Value));
    }

    private void Runner(PrometheusText page)
    {
        var (batches, turns) = runner.Committed;
        page.Metric(MetricNames.CallsWaiting, "gauge", "Calls that wait for a slot on this node.").Sample(MetricNames.CallsWaiting, gate.Waiting);
        page.Metric(MetricNames.LiveOperations, "gauge", "Leases this node works on.").Sample(MetricNames.LiveOperations, live.Count);
        page.Metric(MetricNames.OverloadedModels, "gauge", "Models of a host this node stays away from, or probes, because the vendor is overloaded.").Sample(MetricNames.OverloadedModels, overloads.Count(time.GetUtcNow()));
        page.Metric(MetricNames.Batches, "counter", "Batches of turns run on this node.").Sample(MetricNames.Batches, batches);
        page.Metric(MetricNames.Turns, "counter", "Turns run on this node.").Sample(MetricNames.Turns, turns);
        page.Metric(MetricNames.TurnsWaiting, "gauge", "Turns that wait for the next batch.").Sample(MetricNames.TurnsWaiting, runner.Waiting);
        page.Metric(MetricNames.StoreUp, "gauge", "1 when the database took the last batch.").Sample(MetricNames.StoreUp, runner.IsStoreReachable ? 1 : 0);
    }

    private async Task JobsAsync(PrometheusText page, CancellationToken cancellationToken)
    {
        var counts = await queries.CountsAsync(cancellationToken);
        page.Metric(MetricNames.Jobs, "gauge", "Jobs that have not ended, by status and kind.");
        // Zeros too: a series that comes and goes breaks alerts.
        foreach (var status in Enum.GetValues<JobStatus>().Where(status => !status.IsTerminal))
            foreach (var kind in Enum.GetValues<JobKind>())
                page.Sample(MetricNames.Jobs, counts.FirstOrDefault(count => count.Status == status && count.Kind == kind)?.Count ?? 0, ("status", status.Name), ("kind", kind.Name));
        page.Metric(MetricNames.QueueDepth, "gauge", "Jobs that wait for a slot.");
        page.Sample(MetricNames.QueueDepth, counts.Where(count => count.Status == JobStatus.Queued).Sum(count => count.Count));
    }
}
