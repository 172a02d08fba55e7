using Gateway.Model.Settings;

namespace Gateway.Silo.Connections;

/// <summary>Comments that keep streams open (<c>Gateway</c>).</summary>
internal sealed class HeartbeatOptions
{
    /// <summary>
    /// After how long a silence of the upstream the caller of a stream is sent a comment, which its reader passes over and no proxy cuts; 0
    /// for never.
    /// </summary>
    [TimeRange("0", "10m")]
    public TimeSpan Heartbeat { get; set; } = TimeSpan.FromSeconds(15);
}
