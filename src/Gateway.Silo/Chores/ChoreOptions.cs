using Gateway.Model.Settings;

namespace Gateway.Silo.Chores;

/// <summary>How often a node looks over what must not be forgotten (<c>Gateway</c>).</summary>
internal sealed class ChoreOptions
{
    /// <summary>How often leases and the queue's age are looked over.</summary>
    [TimeRange("10ms", "1d")]
    public TimeSpan ChoresEvery { get; set; } = TimeSpan.FromSeconds(5);
}
