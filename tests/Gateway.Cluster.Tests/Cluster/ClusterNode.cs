using Gateway.Cluster.Tests.Processes;

namespace Gateway.Cluster.Tests.Cluster;

internal enum NodeRole
{
    Api,
    Silo,
}

/// <summary>One place of the cluster: a process runs there, is killed there, and another one takes its place.</summary>
internal sealed class ClusterNode(string name, NodeRole role, FaultProxy link)
{
    public string Name => name;

    public NodeRole Role => role;

    /// <summary>Its network to the database.</summary>
    public FaultProxy Link => link;

    public Uri Url { get; set; } = new("http://127.0.0.1:1");

    /// <summary>The process that runs there, or the last one that did.</summary>
    public GatewayProcess? Process { get; set; }

    /// <summary>Who it is to the others: the incarnation that registered when it started.</summary>
    public string Incarnation { get; set; } = "";

    public TimeSpan ClockOffset { get; set; }

    /// <summary>Killed or stopped by the test; the test starts the next one.</summary>
    public bool IsDown { get; set; }

    public override string ToString() => name;
}
