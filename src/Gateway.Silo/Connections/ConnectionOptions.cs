using System.ComponentModel.DataAnnotations;
using Gateway.Model.Settings;

namespace Gateway.Silo.Connections;

/// <summary>Connections of callers (<c>Gateway:Connections</c>).</summary>
internal sealed class ConnectionOptions
{
    /// <summary>Connections that may be open at once.</summary>
    /// <value>6,000 within a third of the process's files</value>
    [Range(1, 1_000_000)]
    public int? Max { get; set; }

    /// <summary>
    /// How many open connections may be strangers', on which no valid token was shown yet; one more closes the one that is open longest.
    /// </summary>
    /// <value>a quarter of all</value>
    [Range(1, 1_000_000)]
    public int? MaxStrangers { get; set; }

    /// <summary>How long a new connection may be silent before it is closed.</summary>
    [TimeRange("100ms", "1h")]
    public TimeSpan FirstByte { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Jobs that one team's sockets may follow at once on a node.</summary>
    [Range(1, 10_000_000)]
    public int MaxFollowedJobs { get; set; } = 20_000;
}
