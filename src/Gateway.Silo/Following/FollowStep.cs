namespace Gateway.Silo.Following;

/// <summary>What the follower's loop is told.</summary>
internal abstract record FollowStep
{
    /// <summary>A task is polled next at this instant.</summary>
    internal sealed record Planned(FollowedTask Task, DateTimeOffset Due) : FollowStep;

    /// <summary>A hint has come for a task: its plan may change.</summary>
    internal sealed record Hinted(FollowedTask Task) : FollowStep;

    /// <summary>A poll of this host has ended, however.</summary>
    internal sealed record Polled(string Host) : FollowStep;
}
