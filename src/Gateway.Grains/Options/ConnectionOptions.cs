using System.ComponentModel.DataAnnotations;
using Gateway.Model.Settings;

namespace Gateway.Grains.Options;

/// <summary>Connections of callers (<c>Gateway:Connections</c>).</summary>
internal sealed class ConnectionOptions
{
    /// <summary>How many may be open at once. Default 6,000, and never so many that the process runs out of files.</summary>
    [Range(1, 1_000_000)]
    public int? Max { get; set; }

    /// <summary>How many of them may be strangers', on which no valid token was shown yet; one more closes the one that is open longest. Default a quarter of all.</summary>
    [Range(1, 1_000_000)]
    public int? MaxStrangers { get; set; }

    /// <summary>How long a new one may be silent before it is closed. Default 30 s.</summary>
    [TimeRange("100ms", "1h")]
    public TimeSpan FirstByte { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How many jobs one team's sockets may follow at once on this node. Default 20,000.</summary>
    [Range(1, 10_000_000)]
    public int MaxFollowedJobs { get; set; } = 20_000;
}
