using System.ComponentModel.DataAnnotations;

namespace Gateway.Grains.Routing;

/// <summary>What this node does (<c>Gateway</c>).</summary>
internal sealed class RoleOptions
{
    /// <summary>
    /// <c>api</c> for a node that leaves queued jobs to others; waiting calls are served on each. Workers run <c>src/Gateway.Silo</c>.
    /// </summary>
    [AllowedValues("all", "api")]
    public string Role { get; set; } = "all";

    /// <summary>Whether this node dispatches queued jobs.</summary>
    public bool TakesJobs => Role == "all";
}
