namespace Gateway.Silo.Polling;

/// <summary>What the poller's loop is told.</summary>
internal abstract record PollStep
{
    /// <summary>A task is polled next at this instant.</summary>
    internal sealed record Planned(PolledTask Task, DateTimeOffset Due) : PollStep;

    /// <summary>A hint has come for a task: its plan may change.</summary>
    internal sealed record Hinted(PolledTask Task) : PollStep;

    /// <summary>A poll of this host has ended, however.</summary>
    internal sealed record Polled(string Host) : PollStep;
}
