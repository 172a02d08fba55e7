using Gateway.Engine.Notifiers;
using Gateway.Grains.Routing;

namespace Gateway.Silo.Queueing;

/// <summary>What this node knows of the lanes: who waits, in which order, what is paused and what is held.</summary>
internal sealed class WaitingLanes(
    Backlog backlog, QueueOrder order, QueuePauses pauses, QueueHolds holds, SlotNotifier notifier, TimeProvider time)
{
    public Backlog Backlog => backlog;

    public QueuePauses Pauses => pauses;

    public QueueHolds Holds => holds;

    /// <summary>Begins to serve in turn, from the order as it stands now.</summary>
    public QueueOrder.Pass BeginPass() => order.Begin(time.GetUtcNow());

    /// <summary>Whoever waits looks again then.</summary>
    public void WakeAfter(TimeSpan wait) => notifier.WakeAt(time.GetUtcNow() + wait);
}
