using Gateway.Model.Settings;

namespace Gateway.Silo.Hosting.Settings;

/// <summary>How a node goes (<c>Gateway</c>).</summary>
internal sealed class StopOptions
{
    /// <summary>How long a stop waits for streams and answers under way before it cuts them.</summary>
    /// <remarks>Kubernetes kills after 30 s.</remarks>
    [TimeRange("0", "1d")]
    public TimeSpan StopGrace { get; set; } = TimeSpan.FromSeconds(20);
}
