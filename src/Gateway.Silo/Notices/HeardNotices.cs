using Gateway.Engine.Notices;
using Gateway.Engine.Notifiers;
using Gateway.Engine.Teams;
using Gateway.Grains.Routing;
using Gateway.Model.Ids;

namespace Gateway.Silo.Notices;

/// <summary>Wakes here and now whom a notice of another node concerns.</summary>
internal sealed class HeardNotices(JobNotifier jobs, StreamNotifier streams, Backlog backlog, RouterGrain router, TeamLimitsView teams)
{
    /// <returns>What of the notice has to be read.</returns>
    public ChangeNotice Wake(ChangeNotice notice)
    {
        foreach (var (team, moved) in notice.Moved) jobs.Moved(team, moved);
        foreach (var job in notice.Grown) streams.Grown(job);
        backlog.Ready(notice.Queues);
        HearFreed(notice.Freed);
        if (teams.Open(notice.Released)) backlog.Wake();
        return notice with { Moved = [], Grown = [], Queues = [], Freed = [], Released = [] };
    }

    // Where nobody waits for a slot it is enough to know that the view is old.
    private void HearFreed(AccountId[] freed)
    {
        if (freed.Length == 0) return;
        router.MarkStale(freed);
        if (backlog.IsWaiting) backlog.Wake();
    }
}
