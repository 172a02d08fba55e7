using System.Runtime.CompilerServices;
using Gateway.Grains.Jobs;
using Gateway.Grains.Storage;

namespace Gateway.Api.Push;

/// <summary>An event as a view tells it.</summary>
/// <param name="Change">The job as it was after it.</param>
/// <param name="IsSnapshot">What came before it is kept no longer: it stands for that too (P3).</param>
internal sealed record ToldEvent(JobEvent Change, bool IsSnapshot);

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
        while (true)
        {
            var moved = subscription.NextMove();
            var events = await queries.EventsAsync(job, after, PageSize, cancellationToken);
            foreach (var change in events)
            {
                yield return new ToldEvent(change, IsSnapshot: change.Seq != after + 1);
                after = change.Seq;
                if (change.Status.IsTerminal) yield break;
            }

            if (events.Count == PageSize) continue;
            while (!await waiter.WaitAsync(moved, SseStream.Tick, cancellationToken))
            {
                if (waiter.IsStopping) yield break; // whoever listens comes back with the last id
                yield return null;
            }
        }
    }
}
