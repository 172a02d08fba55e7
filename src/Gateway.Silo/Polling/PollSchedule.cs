using System.Diagnostics.CodeAnalysis;

namespace Gateway.Silo.Polling;

/// <summary>
/// The order of all polls. A hint brings a task's next poll forward, never nearer to its last one than the hints' own interval,
/// so that a flood of hints is no storm of polls. Used by the poller's loop alone.
/// </summary>
internal sealed class PollSchedule(PollOptions options, TimeProvider time)
{
    private readonly PriorityQueue<PolledTask, DateTimeOffset> _queue = new();

    /// <summary>Plans a task's next poll.</summary>
    /// <param name="task">The task.</param>
    /// <param name="due">When; null for a hint, which changes a plan and makes none.</param>
    public void Plan(PolledTask task, DateTimeOffset? due)
    {
        if (due is null && task.IsPolled) return; // the end of its poll plans it, and sees the hint
        var next = due ?? task.Due;
        if (task.IsHinted && SoonestFor(task) is var soonest && soonest < next) next = soonest;
        if (due is null && next == task.Due) return;

        task.Due = next;
        _queue.Enqueue(task, next);
    }

    /// <summary>The next task that is due.</summary>
    public bool TryTake([NotNullWhen(true)] out PolledTask? task)
    {
        while (_queue.TryPeek(out task, out var due) && due <= time.GetUtcNow())
        {
            _queue.Dequeue();
            if (task.Due == due && !task.IsPolled) return true;
        }

        task = null;
        return false;
    }

    /// <summary>How long nothing is due; null while nothing is planned.</summary>
    public TimeSpan? UntilNext() => _queue.TryPeek(out _, out var due) ? due - time.GetUtcNow() : null;

    private DateTimeOffset SoonestFor(PolledTask task) =>
        task.PolledAt + options.HintInterval is var soonest && soonest > time.GetUtcNow() ? soonest : time.GetUtcNow();
}
