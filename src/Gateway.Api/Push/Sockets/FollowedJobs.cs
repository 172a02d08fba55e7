using System.Collections.Concurrent;
using Gateway.Api.Auth;
using Gateway.Api.Views;
using Gateway.Engine.Notifiers;
using Gateway.Model.Ids;
using Gateway.Model.Jobs;
using Gateway.Model.Kinds;

namespace Gateway.Api.Push.Sockets;

/// <summary>
/// The jobs one socket follows. One loop tells them all: it reads what moved a page at a time and tells that page before it
/// reads the next, so a slow reader holds one page in memory (P3), and a job that is followed costs memory, not a task.
/// </summary>
internal sealed class FollowedJobs(SocketServices services, SocketChannel channel, Caller caller) : IDisposable
{
    /// <summary>How many jobs one socket may follow at once.</summary>
    public const int MostJobs = 1000;

    /// <summary>How many jobs are read at once.</summary>
    public const int PageSize = 64;

    // Most jobs have fewer events; who has more is read again.
    private const int EventsPerPage = 8 * PageSize;

    private readonly ConcurrentDictionary<JobId, Followed> _jobs = [];
    private readonly MovedKeys<JobId> _moved = new();

    /// <summary>Why no job can be followed beside so many that are about to be; null when one can.</summary>
    public string? WhyFull(int begun) =>
        _jobs.Count + begun >= MostJobs ? $"One socket follows at most {MostJobs} jobs."
        : services.Room.IsFull(caller.Team, begun) ? $"Your team's sockets follow {services.Room.Most} jobs here already, and may follow " +
            $"no more. Unsubscribe from some, or read GET /v1/events, which tells all of a team's jobs."
        : null;

    /// <summary>Tells the events of jobs that are not followed yet, each after a seq, and what follows them.</summary>
    public void Follow(IReadOnlyDictionary<JobId, long> jobs)
    {
        foreach (var (job, after) in jobs)
        {
            services.Room.Enter(caller.Team);
            services.Notifier.Join(job, _moved);
            _jobs[job] = new Followed(after);
        }

        // The loop reads after this, so nothing falls in between (P1); all at once, so that it reads them at once.
        _moved.Add(jobs.Keys);
    }

    /// <summary>False when the job is not followed.</summary>
    public bool Leave(JobId job) => _jobs.TryGetValue(job, out var followed) && Leave(job, followed);

    /// <summary>Tells what moves until it is cancelled.</summary>
    public async Task TellAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (_moved.Take(PageSize) is { Count: > 0 } moved) await TellAsync(StillFollowed(moved), cancellationToken);
            else await _moved.WaitAsync(services.Time, cancellationToken);
        }
    }

    public void Dispose()
    {
        foreach (var job in _jobs.Keys) Leave(job);
    }

    private Dictionary<JobId, Followed> StillFollowed(IReadOnlyList<JobId> jobs)
    {
        var page = new Dictionary<JobId, Followed>(jobs.Count);
        foreach (var job in jobs)
            if (_jobs.TryGetValue(job, out var followed)) page[job] = followed;
        return page;
    }

    private async Task TellAsync(IReadOnlyDictionary<JobId, Followed> page, CancellationToken cancellationToken)
    {
        // The rows first: an event that comes in between is told with the next move.
        var rows = (await services.Events.ReadAsync(caller.Team, [.. page.Keys], cancellationToken)).ToDictionary(job => job.Id);
        var seen = page.Where(
            job => rows.TryGetValue(job.Key, out var row) && row.Seq > job.Value.After).ToDictionary(job => job.Key,
            job => job.Value.After);
        var events = await services.Events.ReadAsync(caller.Team, seen, EventsPerPage, cancellationToken);
        foreach (var change in events) await TellAsync(page[change.Job], change, cancellationToken);
        foreach (var (job, followed) in page)
            if (rows.TryGetValue(job, out var row))
                await CatchUpAsync(row, followed, isCut: events.Count == EventsPerPage, cancellationToken);
            else Leave(job, followed); // kept no longer
    }

    private async Task TellAsync(Followed followed, JobEvent change, CancellationToken cancellationToken)
    {
        if (!IsFollowed(change.Job, followed)) return;
        await SendAsync(followed, new ToldEvent(change.State, change.At, IsSnapshot: change.Seq != followed.After + 1), cancellationToken);
        followed.After = change.Seq;
        if (change.Status.IsTerminal) Leave(change.Job, followed);
    }

    private async Task CatchUpAsync(JobState row, Followed followed, bool isCut, CancellationToken cancellationToken)
    {
        if (!IsFollowed(row.Id, followed)) return;
        if (isCut && row.Seq > followed.After) _moved.Add(row.Id);
        if (row.Seq != followed.After || row.Progress is not { } progress || progress == followed.Progress) return;
        followed.Progress = progress;
        await SendAsync(followed, new ToldEvent(row, At: null, IsProgress: true), cancellationToken);
    }

    private async Task SendAsync(Followed followed, ToldEvent told, CancellationToken cancellationToken)
    {
        var message = SocketMessage.Of(told, await services.Mapping.ViewAsync(told, caller, cancellationToken));
        await channel.SendAsync(message, () => IsFollowed(told.Job.Id, followed), cancellationToken);
    }

    private bool Leave(JobId job, Followed followed)
    {
        if (!_jobs.TryRemove(KeyValuePair.Create(job, followed))) return false;
        services.Notifier.Leave(job, _moved);
        services.Room.Leave(caller.Team);
        return true;
    }

    // Subscribing again starts again: what was read for the one before is not told any more.
    private bool IsFollowed(JobId job, Followed followed) => _jobs.TryGetValue(job, out var now) && ReferenceEquals(now, followed);

    private sealed class Followed(long after)
    {
        /// <summary>The last seq that was told.</summary>
        public long After { get; set; } = after;

        /// <summary>The last progress that was told.</summary>
        public JobProgress? Progress { get; set; }
    }
}
