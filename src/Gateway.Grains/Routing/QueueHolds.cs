using Gateway.Grains.Jobs;
using Gateway.Grains.Teams;

namespace Gateway.Grains.Routing;

/// <summary>
/// What holds a queue's jobs back though the accounts have room for others of their lane: an operator's pause, a limit of their
/// team, or a head that asks for more than the rest: more credits than any budget has left, what the vendor blocks.
/// </summary>
internal sealed class QueueHolds(QueuePauses pauses, TeamLimitsView teams)
{
    private volatile IReadOnlySet<QueueKey> _aside = new HashSet<QueueKey>();

    public bool Hold(QueueKey queue) => pauses.Find(queue.Lane) is not null || teams.WhyClosed(queue.Team) is not null || _aside.Contains(queue);

    /// <summary>The queues whose heads stood aside in the dispatcher's last pass.</summary>
    public void SetAside(IReadOnlySet<QueueKey> queues) => _aside = queues;
}
