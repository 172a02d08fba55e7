using Gateway.Engine.Notices;
using Gateway.Engine.Notifiers;
using Gateway.Engine.Storage;
using Gateway.Grains.Routing;

namespace Gateway.Silo.Notices;

/// <summary>Reads again what notices name.</summary>
internal sealed class ChangedViews(
    NodeViews views, JobNotifier jobs, Backlog backlog, IQueryStore queries, IFeedStore feed, RoleOptions role)
{
    public async Task ReadAsync(ChangeNotice notice, CancellationToken cancellationToken)
    {
        if (notice.Changed.Length > 0) await views.ReadAccountsAsync(notice.Changed, cancellationToken);
        if (notice.Teams) await views.ReadTeamsAsync(cancellationToken);
        if (!notice.Pauses) return;
        await views.ReadPausesAsync(cancellationToken);
        backlog.Wake();
    }

    public async Task ReadEverythingAsync(CancellationToken cancellationToken)
    {
        await jobs.LookAsync(queries, feed, cancellationToken);
        await views.ReadAsync(cancellationToken);
        if (role.TakesJobs) backlog.Add(await queries.QueuesAsync(cancellationToken));
        backlog.Wake();
    }
}
