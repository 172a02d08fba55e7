using Gateway.Engine.Notifiers;
using Gateway.Engine.Teams;
using Gateway.Engine.Turns;
using Gateway.Grains.Routing;
using Gateway.Silo.Content;
using Gateway.Silo.Notices;
using Gateway.Silo.Outbound;
using Gateway.Silo.Queueing;

namespace Gateway.Silo.Chores;

/// <summary>What happens after each commit, in this order, before its callers are answered.</summary>
internal sealed class AfterCommit(IServiceProvider services)
{
    private static readonly Type[] Order =
    [
        // The views first: who is told later finds them fresh.
        typeof(TeamLimitsView),
        typeof(RouterGrain),
        // Who waits for a job, or for jobs of a team, is woken.
        typeof(JobNotifier),
        // The order of the queue learns what things take and what teams have had.
        typeof(ServiceTimes),
        typeof(QueueOrder),
        typeof(QueuePauses),
        // Then those who act are woken: on times, on what is ready, on what is to be told, here and on other nodes, and copied.
        typeof(JobTimer),
        typeof(Backlog),
        typeof(OutboxSender),
        typeof(NoticeSender),
        typeof(ResultCopier),
        typeof(HealthWatch),
        // What is left is a line in the log.
        typeof(CommitLog),
    ];

    public void Register(BatchRunner runner)
    {
        foreach (var observer in Order) runner.Observe((IBatchObserver)services.GetRequiredService(observer));
    }
}
