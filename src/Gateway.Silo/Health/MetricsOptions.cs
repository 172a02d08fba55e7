namespace Gateway.Silo.Health;

/// <summary>Where metrics are read (<c>Gateway</c>).</summary>
internal sealed class MetricsOptions
{
    /// <summary>An own address for <c>/metrics</c>, such as <c>http://+:9464</c>, open to whoever reaches it.</summary>
    /// <value>on the main address: open to this machine by a loopback name and through no proxy, else with the admin token</value>
    public string? MetricsUrl { get; set; }
}
