using Gateway.Model.Settings;

namespace Gateway.Engine.Turns;

/// <summary>When a node counts as dead (<c>Gateway</c>).</summary>
internal sealed class NodeLeaseOptions
{
    /// <summary>How long a silent node counts as alive.</summary>
    /// <remarks>L2.</remarks>
    [TimeRange("100ms", "7d")]
    public TimeSpan NodeLease { get; set; } = TimeSpan.FromSeconds(30);
}
