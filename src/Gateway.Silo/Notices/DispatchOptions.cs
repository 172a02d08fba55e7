using Gateway.Model.Settings;

namespace Gateway.Silo.Notices;

/// <summary>Settings of the dispatcher (<c>Gateway:Dispatch</c>).</summary>
internal sealed class DispatchOptions
{
    /// <summary>How often a node looks at the store without a notice, a quarter more or less.</summary>
    /// <remarks>Null switches it off; tests do.</remarks>
    [TimeRange("10ms", "1d")]
    public TimeSpan? LookEvery { get; set; } = TimeSpan.FromSeconds(2);
}
