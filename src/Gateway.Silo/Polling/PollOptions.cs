using System.ComponentModel.DataAnnotations;
using Gateway.Model.Settings;

namespace Gateway.Silo.Polling;

/// <summary>How running tasks are polled (<c>Gateway:Follow</c>). The interval is the task's age / 8 within these bounds.</summary>
internal sealed class PollOptions : IValidatableObject
{
    /// <summary>Shortest time between two polls of a task. Default 250 ms.</summary>
    [TimeRange("1ms", "1d")]
    public TimeSpan MinInterval { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Longest time between two polls of a task. Default 10 s, MiniMax's own advice.</summary>
    [TimeRange("1ms", "1d")]
    public TimeSpan MaxInterval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Shortest time between a poll and one that a hint asks for: a flood of callbacks is no storm of polls. Default 250 ms.</summary>
    [TimeRange("0", "1d")]
    public TimeSpan HintInterval { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Polls under way at once on this node; one host holds half of them at most (<see cref="PollLanes"/>). Default 128.</summary>
    [Range(1, 10_000)]
    public int MaxPolls { get; set; } = 128;

    /// <summary>Longest time one poll may take. Default 10 s: a query is a short answer, and the next one asks again.</summary>
    [TimeRange("1ms", "1d")]
    public TimeSpan PollTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>A poll that has had less is no look at all.</summary>
    private static readonly TimeSpan ShortestLook = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long a poll that begins now may take: it is cut at its task's hard end, which frees the slot. One that begins there, or less
    /// than a second before, is the last look and has its time: what has ended unseen is a result, not a failure.
    /// </summary>
    public TimeSpan TimeFor(DateTimeOffset hardEnd, DateTimeOffset now)
    {
        var left = hardEnd - now;
        // Timers count whole milliseconds, downwards: the cut must not come before the hard end.
        return left > ShortestLook && left < PollTimeout ? left + TimeSpan.FromMilliseconds(1) : PollTimeout;
    }

    /// <summary>Short tasks are noticed soon, long ones cheaply.</summary>
    public TimeSpan IntervalAt(TimeSpan age) => age / 8 is var interval && interval < MinInterval ? MinInterval : interval > MaxInterval ? MaxInterval : interval;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => TimeOrder.Check(nameof(MinInterval), MinInterval, nameof(MaxInterval), MaxInterval);
}
