using Gateway.Engine.Bodies;
using Gateway.Silo.Connections;

namespace Gateway.Silo.Health;

/// <summary>How much room callers take: bodies in memory, open connections.</summary>
internal sealed class RoomMetrics(BodyBudget bodies, ConnectionGate connections)
{
    public void Write(PrometheusText page)
    {
        page.Metric(
            MetricNames.BodyBytes, "gauge", "Bytes of request bodies in this node's memory.").Sample(MetricNames.BodyBytes, bodies.Held);
        page.Metric(
            MetricNames.BodiesRefused, "counter",
            "Requests that were refused because there was no room for their bodies.").Sample(MetricNames.BodiesRefused, bodies.Refused);
        page.Metric(
            MetricNames.Connections, "gauge", "Connections of callers that are open.").Sample(MetricNames.Connections, connections.Open);
        page.Metric(MetricNames.ConnectionsClosed, "counter", "Connections that were not let in, or were closed for others.");
        page.Sample(MetricNames.ConnectionsClosed, connections.Refused, ("why", "full"));
        page.Sample(MetricNames.ConnectionsClosed, connections.PushedOut, ("why", "stranger"));
    }
}
