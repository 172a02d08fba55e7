using System.ComponentModel.DataAnnotations;
using Gateway.Model.Settings;

namespace Gateway.Silo.Polling;

/// <summary>How running tasks are polled (<c>Gateway:Follow</c>). The interval is the task's age / 8 within these bounds.</summary>
internal sealed class PollOptions : IValidatableObject
{
    /// <summary>Shortest time between two polls of a task, which is an eighth of its age within these bounds.</summary>
    [TimeRange("1ms", "1d")]
    public TimeSpan MinInterval { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Longest time between two polls of a task.</summary>
    /// <remarks>The default is MiniMax's own advice.</remarks>
    [TimeRange("1ms", "1d")]
    public TimeSpan MaxInterval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Shortest time between a poll and one that MiniMax's callback asks for: a flood of callbacks is no storm of polls.</summary>
    [TimeRange("0", "1d")]
    public TimeSpan HintInterval { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Polls under way at once on a node, of which one host holds half at most.</summary>
    /// <remarks>See <see cref="PollLanes"/>.</remarks>
    [Range(1, 10_000)]
    public int MaxPolls { get; set; } = 128;

    /// <summary>How long one poll may take; it is cut at its job's hard end too.</summary>
    /// <remarks>A query is a short answer, and the next one asks again.</remarks>
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
    public TimeSpan IntervalAt(TimeSpan age) =>
        age / 8 is var interval && interval < MinInterval ? MinInterval : interval > MaxInterval ? MaxInterval : interval;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        TimeOrder.Check(nameof(MinInterval), MinInterval, nameof(MaxInterval), MaxInterval);
}
