using Gateway.Engine.Upstreams;
using Gateway.Grains.Routing;
using Gateway.Silo.Polling;

namespace Gateway.Silo.Health;

/// <summary>What this node works on, and what its upstreams answer that is out of the ordinary.</summary>
internal sealed class WorkMetrics(
    CallAdmission admission, LiveOperations live, OverloadBreakers overloads, PollOutcomes polls, UnknownAnswers unknown,
    ExcessReports excess, TimeProvider time)
{
    public void Write(PrometheusText page)
    {
        page.Metric(
            MetricNames.CallsWaiting, "gauge",
            "Calls that wait for a slot on this node.").Sample(MetricNames.CallsWaiting, admission.Waiting);
        page.Metric(MetricNames.LiveOperations, "gauge", "Leases this node works on.").Sample(MetricNames.LiveOperations, live.Count);
        page.Metric(
            MetricNames.OverloadedModels, "gauge",
            "Models of a host this node stays away from, or probes, because the vendor is overloaded.").Sample(MetricNames.OverloadedModels,
            overloads.Count(time.GetUtcNow()));
        page.Metric(
            MetricNames.PollTroubles, "counter",
            "Polls of running tasks that brought no useful answer.").Sample(MetricNames.PollTroubles, polls.Troubles);
        page.Metric(
            MetricNames.UnknownAnswers, "counter",
            "Errors and words of upstreams that the gateway has no name for.").Sample(MetricNames.UnknownAnswers, unknown.Count);
        page.Metric(
            MetricNames.ExcessReports, "counter",
            "Answers that reported a higher cost than was reserved; the reserve was charged.").Sample(MetricNames.ExcessReports,
            excess.Count);
    }
}
