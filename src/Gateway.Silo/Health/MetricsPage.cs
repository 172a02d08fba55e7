using Gateway.Engine.Bodies;
using Gateway.Engine.Storage;
using Gateway.Engine.Turns;
using Gateway.Engine.Upstreams;
using Gateway.Grains.Routing;
using Gateway.Model.Accounts;
using Gateway.Model.Jobs;
using Gateway.Model.Kinds;
using Gateway.Silo.Chores;
using Gateway.Silo.Connections;
using Gateway.Silo.Polling;

namespace Gateway.Silo.Health;

/// <summary>What <c>/metrics</c> shows: from this node's memory, and one cheap count of the jobs that have not ended.</summary>
internal sealed class MetricsPage(RouterGrain router, CallAdmission gate, LiveOperations live, OverloadBreakers overloads, TaskPoller poller, UnknownAnswers unknown, ExcessReports excess, BatchRunner runner, HealthWatch health, BodyBudget bodies, ConnectionGate connections, IQueryStore queries, TimeProvider time)
{
    public async Task<string> RenderAsync(CancellationToken cancellationToken)
    {
        var page = new PrometheusText();
        Slots(page);
        Health(page);
        Runner(page);
        Room(page);
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

    // By state, not by account: a gauge of what is out, and a count of what went out and came back between two scrapes.
    private void Health(PrometheusText page)
    {
        var now = time.GetUtcNow();
        var states = router.All().Where(account => !account.Deleted).CountBy(account => account.Health.StateAt(now)).ToDictionary();
        page.Metric(MetricNames.AccountHealth, "gauge", "Accounts, by the state of their health.");
        foreach (var state in Enum.GetValues<HealthState>()) page.Sample(MetricNames.AccountHealth, states.GetValueOrDefault(state), ("state", state.Name));
        page.Metric(MetricNames.HealthChanges, "counter", "Changes of accounts' health that this node committed, by the state they led to.");
        foreach (var state in Enum.GetValues<HealthState>()) page.Sample(MetricNames.HealthChanges, health.ChangesTo(state), ("state", state.Name));
    }

    private void Runner(PrometheusText page)
    {
        var (batches, turns) = runner.Committed;
        page.Metric(MetricNames.CallsWaiting, "gauge", "Calls that wait for a slot on this node.").Sample(MetricNames.CallsWaiting, gate.Waiting);
        page.Metric(MetricNames.LiveOperations, "gauge", "Leases this node works on.").Sample(MetricNames.LiveOperations, live.Count);
        page.Metric(MetricNames.OverloadedModels, "gauge", "Models of a host this node stays away from, or probes, because the vendor is overloaded.").Sample(MetricNames.OverloadedModels, overloads.Count(time.GetUtcNow()));
        page.Metric(MetricNames.PollTroubles, "counter", "Polls of running tasks that brought no useful answer.").Sample(MetricNames.PollTroubles, poller.Troubles);
        page.Metric(MetricNames.UnknownAnswers, "counter", "Errors and words of upstreams that the gateway has no name for.").Sample(MetricNames.UnknownAnswers, unknown.Count);
        page.Metric(MetricNames.ExcessReports, "counter", "Answers that reported a higher cost than was reserved; the reserve was charged.").Sample(MetricNames.ExcessReports, excess.Count);
        page.Metric(MetricNames.Batches, "counter", "Batches of turns run on this node.").Sample(MetricNames.Batches, batches);
        page.Metric(MetricNames.Turns, "counter", "Turns run on this node.").Sample(MetricNames.Turns, turns);
        page.Metric(MetricNames.TurnsWaiting, "gauge", "Turns that wait for the next batch.").Sample(MetricNames.TurnsWaiting, runner.Waiting);
        page.Metric(MetricNames.StoreUp, "gauge", "1 when the database took the last batch.").Sample(MetricNames.StoreUp, runner.IsStoreReachable ? 1 : 0);
    }

    private void Room(PrometheusText page)
    {
        page.Metric(MetricNames.BodyBytes, "gauge", "Bytes of request bodies in this node's memory.").Sample(MetricNames.BodyBytes, bodies.Held);
        page.Metric(MetricNames.BodiesRefused, "counter", "Requests that were refused because there was no room for their bodies.").Sample(MetricNames.BodiesRefused, bodies.Refused);
        page.Metric(MetricNames.Connections, "gauge", "Connections of callers that are open.").Sample(MetricNames.Connections, connections.Open);
        page.Metric(MetricNames.ConnectionsClosed, "counter", "Connections that were not let in, or were closed for others.");
        page.Sample(MetricNames.ConnectionsClosed, connections.Refused, ("why", "full"));
        page.Sample(MetricNames.ConnectionsClosed, connections.PushedOut, ("why", "stranger"));
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
