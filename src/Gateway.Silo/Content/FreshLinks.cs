using Gateway.Model.Ids;
using Gateway.Model.Jobs;
using Gateway.Model.Native;

namespace Gateway.Silo.Content;

/// <summary>
/// Links to what jobs made, asked for anew when they have expired: once for all who want the same, and kept for a while, so that a
/// player that seeks does not ask the upstream with every range.
/// </summary>
internal sealed class FreshLinks(FreshAnswers answers, TimeProvider time) : IDisposable
{
    private const int MostKept = 1000;
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(5);

    // A link is not handed out to expire while it is being opened.
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private readonly Dictionary<JobId, Entry> _entries = [];
    private readonly CancellationTokenSource _over = new();

    /// <param name="job">A job of which <see cref="FreshAnswers.CanAsk"/>.</param>
    /// <param name="useless">What was answered before and did not work; null at first.</param>
    /// <param name="cancellationToken">Ends the wait, not the question: others may wait for it too.</param>
    public Task<JobLinks> OfAsync(JobState job, JobLinks? useless, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (!_entries.TryGetValue(job.Id, out var entry) || !IsGood(entry, useless))
            {
                if (_entries.Count >= MostKept) _entries.Remove(_entries.MinBy(known => known.Value.AskedAt).Key);
                _entries[job.Id] = entry = new Entry(own => AskAsync(job, own), time.GetUtcNow());
            }

            return entry.Asking.WaitAsync(cancellationToken);
        }
    }

    public void Dispose()
    {
        _over.Cancel();
        _over.Dispose();
    }

    private async Task<JobLinks> AskAsync(JobState job, Entry entry)
    {
        await Task.Yield(); // out of the lock
        return entry.Answer = await answers.AskAsync(job, _over.Token) switch
        {
            FreshAnswer.Told told => new JobLinks(NativeContent.Of(told.Body), IsGone: false),
            FreshAnswer.Gone => new JobLinks(Assets: null, IsGone: true),
            _ => new JobLinks(Assets: null, IsGone: false),
        };
    }

    private bool IsGood(Entry entry, JobLinks? useless)
    {
        if (!entry.Asking.IsCompleted) return true;
        if (entry.Answer is not { Assets: { } assets } links || ReferenceEquals(links, useless)) return false;
        var now = time.GetUtcNow();
        return now - entry.AskedAt < Kept
            && assets.All(asset => asset is not ContentSource.Linked linked || !(LinkExpiry.Of(linked.Url) <= now + Margin));
    }

    private sealed class Entry
    {
        public Entry(Func<Entry, Task<JobLinks>> ask, DateTimeOffset askedAt) => (AskedAt, Asking) = (askedAt, ask(this));

        public DateTimeOffset AskedAt { get; }

        public Task<JobLinks> Asking { get; }

        public JobLinks? Answer { get; set; }
    }
}
