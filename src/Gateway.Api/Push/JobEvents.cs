using System.Runtime.CompilerServices;
using Gateway.Grains.Jobs;
using Gateway.Grains.Storage;

namespace Gateway.Api.Push;

/// <summary>An event as a view tells it.</summary>
/// <param name="Job">The job as it was after it.</param>
/// <param name="At">When it happened; null for just now.</param>
/// <param name="IsSnapshot">What came before it is kept no longer: it stands for that too (P3).</param>
/// <param name="IsProgress">Not a change of status: it has no number, and is not told again (P3).</param>
internal sealed record ToldEvent(JobState Job, DateTimeOffset? At, bool IsSnapshot = false, bool IsProgress = false)
{
    public string Name => IsProgress ? EventNames.Progress : EventNames.Of(Job.Status);

    /// <summary>Its number; null for progress.</summary>
    public long? Seq => IsProgress ? null : Job.Seq;
}

/// <summary>
/// The one subscription to a job's events beneath SSE and sockets. It tells only what it read from the store after its last
/// seq, so a hint may be lost, late or doubled (P1), and a slow reader holds one page in memory, never a growing buffer (P3).
/// </summary>
internal sealed class JobEvents(JobSignals signals, IQueryStore queries, JobWaiter waiter)
{
    private const int PageSize = 64;

    /// <summary>
    /// The events after a seq, up to the job's end or this node's stop. Null says from time to time that there is nothing: the
    /// time to keep a connection alive. Only what moved is read: a client that waits costs memory, not queries.
    /// </summary>
    public async IAsyncEnumerable<ToldEvent?> FollowAsync(JobId job, long after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var subscription = signals.Subscribe(job);
        JobProgress? progress = null;
        while (true)
        {
            var moved = subscription.NextMove();
            // The row first: it is all there is to read while nothing but progress moves.
            if (await queries.JobAsync(job, cancellationToken) is not { } state) yield break; // kept no longer
            var events = state.Seq > after ? await queries.EventsAsync(job, after, PageSize, cancellationToken) : [];
            foreach (var change in events)
            {
                yield return new ToldEvent(change.State, change.At, IsSnapshot: change.Seq != after + 1);
                after = change.Seq;
                if (change.Status.IsTerminal) yield break;
            }

            if (events.Count == PageSize) continue;
            if (state.Seq == after && state.Progress != progress && (progress = state.Progress) is not null) yield return new ToldEvent(state, At: null, IsProgress: true);
            while (!await waiter.WaitAsync(moved, SseStream.Tick, cancellationToken))
            {
                if (waiter.IsStopping) yield break; // whoever listens comes back with the last id
                yield return null;
            }
        }
    }
}
