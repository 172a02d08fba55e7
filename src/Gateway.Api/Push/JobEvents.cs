using System.Runtime.CompilerServices;
using Gateway.Api.Views;
using Gateway.Engine.Notifiers;
using Gateway.Engine.Storage;
using Gateway.Model.Ids;
using Gateway.Model.Jobs;
using Gateway.Model.Kinds;

namespace Gateway.Api.Push;

/// <summary>
/// The one subscription to a job's events beneath SSE and sockets. It tells only what it read from the store after its last
/// seq, so a hint may be lost, late or doubled (P1), and a slow reader holds one page in memory, never a growing buffer (P3).
/// What a team's subscriptions read goes through the team's lane: however many there are, others do not wait for them.
/// </summary>
internal sealed class JobEvents(JobNotifier notifier, IQueryStore queries, JobWaiter waiter, ReadLanes lanes)
{
    private const int PageSize = 64;

    /// <summary>Listens for a job's moves, before it is read.</summary>
    public OpenedJob Open(JobId job) => new(notifier.Subscribe(job));

    /// <summary>The jobs that exist, read at once.</summary>
    public Task<IReadOnlyList<JobState>> ReadAsync(TeamId team, IReadOnlyCollection<JobId> jobs, CancellationToken cancellationToken) =>
        lanes.RunAsync(team, () => queries.JobsAsync(jobs, cancellationToken), cancellationToken);

    /// <summary>The events of several jobs, each after the seq that was seen; the last of them may be cut short by the limit.</summary>
    public Task<IReadOnlyList<JobEvent>> ReadAsync(
        TeamId team, IReadOnlyDictionary<JobId, long> seen, int limit, CancellationToken cancellationToken) =>
        seen.Count == 0
            ? Task.FromResult<IReadOnlyList<JobEvent>>([])
            : lanes.RunAsync(team, () => queries.EventsAsync(seen, limit, cancellationToken), cancellationToken);

    /// <summary>
    /// The events after a seq, up to the job's end or this node's stop. Null says from time to time that there is nothing: the
    /// time to keep a connection alive. Only what moved is read: a client that waits costs memory, not queries.
    /// </summary>
    /// <param name="opened">Listens since before <paramref name="job"/> was read; whoever opened it disposes it.</param>
    /// <param name="job">The job as it was read then.</param>
    /// <param name="lane">Whose lane is read through.</param>
    /// <param name="after">The last seq that was seen.</param>
    /// <param name="cancellationToken">The reader leaves.</param>
    public async IAsyncEnumerable<ToldEvent?> FollowAsync(
        OpenedJob opened, JobState job, TeamId lane, long after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        JobProgress? progress = null;
        for (var state = job; ; opened.Renew(), state = await ReadAsync(lane, job.Id, cancellationToken))
        {
            // The row first: it is all there is to read while nothing but progress moves.
            if (state is null) yield break; // kept no longer
            IReadOnlyList<JobEvent> events;
            do
            {
                events = state.Seq > after
                    ? await lanes.RunAsync(lane, () => queries.EventsAsync(job.Id, after, PageSize, cancellationToken), cancellationToken)
                    : [];
                foreach (var change in events)
                {
                    yield return new ToldEvent(change.State, change.At, IsSnapshot: change.Seq != after + 1);
                    after = change.Seq;
                    if (change.Status.IsTerminal) yield break;
                }
            }
            while (events.Count == PageSize);

            if (state.Seq == after && state.Progress != progress && (progress = state.Progress) is not null)
                yield return new ToldEvent(state, At: null, IsProgress: true);
            while (!await waiter.WaitAsync(opened.Moved, SseStream.Tick, cancellationToken))
            {
                if (waiter.IsStopping) yield break; // whoever listens comes back with the last id
                yield return null;
            }
        }
    }

    private Task<JobState?> ReadAsync(TeamId lane, JobId job, CancellationToken cancellationToken) =>
        lanes.RunAsync(lane, () => queries.JobAsync(job, cancellationToken), cancellationToken);
}
