using Gateway.Model.Settings;

namespace Gateway.Grains.Jobs;

/// <summary>How long a job waits (<c>Gateway</c>).</summary>
internal sealed class JobOptions
{
    /// <summary>How long a job may wait in the queue before it expires.</summary>
    /// <remarks>J6.</remarks>
    [TimeRange("10ms", "365d")]
    public TimeSpan MaxQueueAge { get; set; } = TimeSpan.FromHours(24);
}
