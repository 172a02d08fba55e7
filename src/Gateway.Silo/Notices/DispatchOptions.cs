using Gateway.Model.Settings;

namespace Gateway.Silo.Notices;

/// <summary>Settings of the dispatcher (<c>Gateway:Dispatch</c>).</summary>
internal sealed class DispatchOptions
{
    /// <summary>How often this node looks at the store without a notice, a quarter more or less. Default 2 s; null switches it off (tests do).</summary>
    [TimeRange("10ms", "1d")]
    public TimeSpan? LookEvery { get; set; } = TimeSpan.FromSeconds(2);
}
