using Gateway.Engine.Storage;
using Gateway.Engine.Turns;
using Gateway.Model.Ids;

namespace Gateway.Engine.Notifiers;

/// <summary>
/// Tells whoever waits for a job, or for any job of a team, that it moved. A word from it is only a hint to read the store again
/// (P1): it may come late or twice. A waiter costs memory, not queries.
/// </summary>
internal sealed class JobNotifier : IBatchObserver
{
    // No team has this id.
    private static readonly TeamId Everybody = new("*");

    private readonly KeyedNotifier<JobId> _jobs = new();
    private readonly KeyedNotifier<TeamId> _teams = new();

    /// <inheritdoc cref="KeyedNotifier{TKey}.Subscribe"/>
    public KeyedNotifier<JobId>.Subscription Subscribe(JobId job) => _jobs.Subscribe(job);

    /// <inheritdoc cref="KeyedNotifier{TKey}.Join"/>
    public void Join(JobId job, MovedKeys<JobId> moved) => _jobs.Join(job, moved);

    public void Leave(JobId job, MovedKeys<JobId> moved) => _jobs.Leave(job, moved);

    /// <summary>Subscribes to all jobs of a team, or of everybody (null).</summary>
    public KeyedNotifier<TeamId>.Subscription Subscribe(TeamId? team) => _teams.Subscribe(team ?? Everybody);

    void IBatchObserver.Committed(BatchCommit commit)
    {
        foreach (var team in commit.Events.GroupBy(change => change.State.Team, change => change.Job)) Moved(team.Key, team);
        foreach (var job in commit.Jobs) _jobs.Pulse(job.Id); // progress has a row and no event
    }

    /// <summary>Jobs of a team moved, on whichever node.</summary>
    public void Moved(TeamId team, IEnumerable<JobId> jobs)
    {
        foreach (var job in jobs) _jobs.Pulse(job);
        _teams.Pulse(team);
        _teams.Pulse(Everybody);
    }

    /// <summary>
    /// Finds by one query for all waiters of a kind what moved without a notice: where notices are lost, this is what everybody
    /// who waits lives on.
    /// </summary>
    public async Task LookAsync(IQueryStore queries, IFeedStore feed, CancellationToken cancellationToken)
    {
        if (_jobs.Keys is { Count: > 0 } jobs)
            foreach (var (job, version) in await queries.VersionsAsync(jobs, cancellationToken)) _jobs.See(job, version);
        if (!_teams.HasSubscribers) return;

        var heads = await feed.HeadsAsync(cancellationToken);
        foreach (var (team, head) in heads) _teams.See(team, head);
        // What commits behind the newest place is waited for by whoever reads up to it.
        if (heads.Count > 0) _teams.See(Everybody, heads.Max(team => team.Feed));
    }
}
