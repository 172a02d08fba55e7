using Gateway.Model.Settings;

namespace Gateway.Grains.Routing;

/// <summary>What a vendor's overload does (<c>Gateway</c>).</summary>
internal sealed class OverloadOptions
{
    // MiniMax asks for a back-off from 5 to 30 s (docs/minimax.md, "Codes", 2064).
    private static readonly TimeSpan[] Shipped =
    [
        TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(30)
    ];

    /// <summary>
    /// How long who met it (of two teams, everybody) stays away from a model its vendor has no room for: the first time, the second in a
    /// row, and so on; the last one is repeated.
    /// </summary>
    /// <value>5s, 10s, 20s, 30s</value>
    [TimeRange("10ms", "1d")]
    public TimeSpan[]? OverloadBackOff { get; set; } // null: the binder would add to what is shipped

    /// <summary>The pauses in force, one at least.</summary>
    public TimeSpan[] Pauses => OverloadBackOff is { Length: > 0 } pauses ? pauses : Shipped;
}
