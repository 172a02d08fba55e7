namespace Gateway.Silo.Following;

/// <summary>How running tasks are polled (<c>Gateway:Follow</c>). The interval is the task's age / 8 within these bounds.</summary>
internal sealed class FollowOptions
{
    /// <summary>Shortest time between two polls of a task. Default 250 ms.</summary>
    public TimeSpan MinInterval { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Longest time between two polls of a task. Default 10 s, MiniMax's own advice.</summary>
    public TimeSpan MaxInterval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Shortest time between a poll and one that a hint asks for: a flood of callbacks is no storm of polls. Default 250 ms.</summary>
    public TimeSpan HintInterval { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Polls under way at once on this node. Default 64.</summary>
    public int MaxPolls { get; set; } = 64;

    /// <summary>Short tasks are noticed soon, long ones cheaply.</summary>
    public TimeSpan IntervalAt(TimeSpan age) => age / 8 is var interval && interval < MinInterval ? MinInterval : interval > MaxInterval ? MaxInterval : interval;
}
