using Gateway.Engine.Storage;
using Gateway.Model.Content;
using Gateway.Model.Ids;

namespace Gateway.Silo.Content;

/// <summary>The copies of what jobs made: found, and removed when they were kept long enough.</summary>
/// <param name="directory">Null where no directory is set: then there are none.</param>
/// <param name="store">What is known of them.</param>
/// <param name="time">The clock they are dated by.</param>
internal sealed class ResultCopies(ResultDirectory? directory, IResultStore store, TimeProvider time)
{
    // Written, but not noted yet, or noted in a transaction that is about to end.
    private static readonly TimeSpan OrphanAge = TimeSpan.FromHours(1);

    /// <summary>Opens the copy of a job's nth asset; null when there is none here.</summary>
    public async Task<(ResultCopy Copy, FileStream File)?> FindAsync(JobId job, int n, CancellationToken cancellationToken)
    {
        if (directory is null || (await store.OfAsync(job, cancellationToken)).FirstOrDefault(copy => copy.N == n) is not { } copy)
            return null;
        return directory.Open(copy) is { } file ? (copy, file) : null;
    }

    /// <summary>Which of a job's assets are copied.</summary>
    public async Task<IReadOnlySet<int>> NumbersAsync(JobId job, CancellationToken cancellationToken) =>
        (await store.OfAsync(job, cancellationToken)).Select(copy => copy.N).ToHashSet();

    /// <summary>Begins a copy; there must be a directory.</summary>
    public IncomingFile Begin(JobId job, int n) => directory!.Begin(job, n);

    /// <summary>Keeps a copy that is whole: first the file, then the note that it is there.</summary>
    public Task KeepAsync(IncomingFile file, string contentType, CancellationToken cancellationToken)
    {
        file.Keep();
        return store.AddAsync(new ResultCopy(file.Job, file.N, file.Bytes, contentType, time.GetUtcNow()), cancellationToken);
    }

    /// <summary>Removes some of the oldest copies; answers how many.</summary>
    public async Task<int> PruneAsync(DateTimeOffset copiedBefore, int limit, CancellationToken cancellationToken)
    {
        if (directory is null) return 0;
        var old = await store.OldAsync(copiedBefore, limit, cancellationToken);
        // The files first: a note without a file is removed by the next round, a file without a note only by the sweep.
        foreach (var copy in old) directory.Remove(copy);
        await store.RemoveAsync(old, cancellationToken);
        return old.Count;
    }

    /// <summary>Removes the files of jobs that are gone.</summary>
    public void Forget(IEnumerable<JobId> jobs)
    {
        if (directory is null) return;
        try
        {
            foreach (var job in jobs) directory.Remove(job);
        }
        catch (ResultDirectoryException)
        {
            // Swept later, as files that nobody knows of.
        }
    }

    /// <summary>Removes files that nobody knows of, so many jobs at a time; answers how many jobs had some.</summary>
    /// <param name="now">The present.</param>
    /// <param name="step">Jobs looked at between two pauses.</param>
    /// <param name="pause">Waits a moment.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<int> SweepAsync(DateTimeOffset now, int step, Func<Task> pause, CancellationToken cancellationToken)
    {
        if (directory is null) return 0;
        directory.RemoveLeftovers(now - OrphanAge);
        var orphans = 0;
        foreach (var jobs in directory.JobsBefore(now - OrphanAge).Chunk(step))
        {
            var known = await store.KnownAsync(jobs, cancellationToken);
            foreach (var job in jobs.Where(job => !known.Contains(job)))
            {
                directory.Remove(job);
                orphans++;
            }

            await pause();
        }

        return orphans;
    }
}
