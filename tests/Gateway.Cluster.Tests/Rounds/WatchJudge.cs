using Gateway.Engine.Storage;
using Gateway.Model.Ids;

namespace Gateway.Cluster.Tests.Rounds;

/// <summary>Judges what clients of server-sent events were told against what is written down (P1, P2).</summary>
internal sealed class WatchJudge(IQueryStore store)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly List<Violation> _violations = [];

    public async Task<IReadOnlyList<Violation>> JudgeAsync(
        IReadOnlyCollection<JobId> jobs, IReadOnlyDictionary<JobId, (EventWatcher Watcher, Task Listening)> watched, EventWatcher feed)
    {
        var last = new Dictionary<JobId, long>();
        foreach (var id in jobs)
            if (await store.JobAsync(id, CancellationToken.None) is { } job) last[id] = job.Seq;

        foreach (var (id, (watcher, listening)) in watched) await JudgeAsync(id, last.GetValueOrDefault(id), watcher, listening);
        await JudgeFeedAsync(last, feed);
        return _violations;
    }

    private async Task JudgeAsync(JobId id, long last, EventWatcher watcher, Task listening)
    {
        await listening.WaitAsync(Patience, TimeProvider.System).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!listening.IsCompleted) Missed($"the stream of job {id} did not end, it told {string.Join(' ', watcher.Seen)} of {last}");
        else if (!watcher.Seen.SequenceEqual(Upto(last).Select(seq => $"{seq}")))
            Missed($"the stream of job {id} told {string.Join(' ', watcher.Seen)} of {last}");
    }

    // The feed has no end: it is listened to until it has told as much as there is.
    private async Task JudgeFeedAsync(Dictionary<JobId, long> last, EventWatcher feed)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (feed.Seen.Count < last.Values.Sum() && TimeProvider.System.GetElapsedTime(started) < Patience)
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);

        var told = feed.Seen.Select(
            id => FeedCursor.TryParse(id, out var cursor) ? cursor : default).ToLookup(cursor => new JobId(cursor.Job),
            cursor => cursor.Seq);
        foreach (var (id, seq) in last)
            if (!told[id].SequenceEqual(Upto(seq))) Missed($"the feed told {string.Join(' ', told[id])} of the {seq} events of job {id}");
    }

    private void Missed(string what) => _violations.Add(new Violation(Promise.NoEventMissed, what));

    private static IEnumerable<long> Upto(long last) => Enumerable.Range(1, (int)last).Select(seq => (long)seq);
}
