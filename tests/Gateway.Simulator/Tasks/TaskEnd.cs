namespace Gateway.Simulator;

/// <summary>When and how a task ends; known ahead of time unless the test ends it by hand.</summary>
internal sealed record TaskEnd(DateTimeOffset At, TaskFailure? Failure, bool Cancelled = false);
