using Gateway.Grains.Jobs;
using Gateway.Grains.Teams;

namespace Gateway.Grains.Routing;

/// <summary>What holds a queue's jobs back whatever the accounts say: an operator's pause, a limit of their team.</summary>
internal sealed class QueueHolds(QueuePauses pauses, TeamLimitsView teams)
{
    public bool Hold(QueueKey queue) => pauses.Find(queue.Lane) is not null || teams.WhyClosed(queue.Team) is not null;
}
