using Gateway.Engine.Teams;
using Gateway.Model.Jobs;

namespace Gateway.Grains.Routing;

/// <summary>
/// What holds a queue's jobs back though the accounts have room for others of their lane: an operator's pause, a limit of their
/// team, its share of the slots, or a head that asks for more than the rest: more credits than any budget has left, what the vendor blocks.
/// </summary>
internal sealed class QueueHolds(QueuePauses pauses, TeamLimitsView teams)
{
    private volatile IReadOnlySet<QueueKey> _aside = new HashSet<QueueKey>();
    private volatile IReadOnlySet<QueueKey> _callsAside = new HashSet<QueueKey>();

    public bool Hold(QueueKey queue) =>
        pauses.Find(queue.Lane) is not null || teams.WhyClosed(queue.Team) is not null || _aside.Contains(queue);

    /// <summary>The same of a queue of calls: an account rests for their team alone.</summary>
    public bool HoldCalls(QueueKey calls) => teams.WhyClosed(calls.Team) is not null || _callsAside.Contains(calls);

    /// <summary>The queues whose heads stood aside in the dispatcher's last pass.</summary>
    public void SetAside(IReadOnlySet<QueueKey> jobs, IReadOnlySet<QueueKey> calls) => (_aside, _callsAside) = (jobs, calls);
}
