using Gateway.Engine.Turns;

namespace Gateway.Engine.Storage;

/// <summary>Who is alive (L2).</summary>
internal interface INodeStore
{
    /// <summary>Registers a fresh incarnation.</summary>
    Task<NodeIdentity> RegisterAsync(CancellationToken cancellationToken);

    /// <summary>Beats the heart; false when the incarnation was declared dead.</summary>
    Task<bool> BeatAsync(string incarnation, CancellationToken cancellationToken);

    /// <summary>
    /// Declares dead whoever has not beaten for a lease's length. Answers who was buried now. <paramref name="except"/> is the asking
    /// node: a question that hung in a silent database must not bury whoever asked it.
    /// </summary>
    Task<IReadOnlyList<string>> BuryAsync(TimeSpan lease, string? except, CancellationToken cancellationToken);

    /// <summary>The incarnations that are live.</summary>
    Task<IReadOnlyList<LiveNode>> LiveAsync(CancellationToken cancellationToken);

    /// <summary>This incarnation is about to end: it is nobody's home any more, and others may adopt its running jobs at once.</summary>
    Task PrepareToLeaveAsync(string incarnation, CancellationToken cancellationToken);

    /// <summary>Ends this incarnation in good order: its leases can be adopted at once.</summary>
    Task LeaveAsync(string incarnation, CancellationToken cancellationToken);
}
