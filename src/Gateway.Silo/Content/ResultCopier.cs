using System.Collections.Concurrent;
using Gateway.Engine.Notifiers;
using Gateway.Engine.Storage;
using Gateway.Engine.Turns;
using Gateway.Grains.Routing;
using Gateway.Model.Content;
using Gateway.Model.Ids;
using Gateway.Model.Kinds;
using Gateway.Model.Queueing;
using Gateway.Silo.Outbound;

namespace Gateway.Silo.Content;

/// <summary>
/// Copies what jobs made into our directory after their end, from any node. What is due stands in the store since the turn of the
/// end: it is copied whatever happens to this process. A copy that fails is the copy's affair, never the job's.
/// </summary>
internal sealed partial class ResultCopier(
    IResultStore store,
    IQueryStore queries,
    AssetCopier copier,
    ResultOptions options,
    RoleOptions role,
    IRandom random,
    TimeProvider time,
    ILogger<ResultCopier> logger) : BackgroundService, IBatchObserver
{
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(1);

    // Beyond the time a copy may take: only a node that is gone loses its claim.
    private static readonly TimeSpan ClaimMargin = TimeSpan.FromSeconds(20);

    // What a stop gives a claim to be given back; else it lapses.
    private static readonly TimeSpan TimeToGiveBack = TimeSpan.FromSeconds(2);

    private readonly AsyncAutoResetEvent _wake = new();
    private readonly ConcurrentDictionary<DueCopy, Task> _running = [];

    // Whether the log has heard that the directory takes nothing.
    private int _isRefusalTold;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.IsOn || !role.TakesJobs) return;
        try
        {
            while (!stoppingToken.IsCancellationRequested)
                await _wake.WaitAsync(await LookAsync(stoppingToken), time, stoppingToken);
        }
        finally
        {
            await Task.WhenAll(_running.Values);
        }
    }

    void IBatchObserver.Committed(BatchCommit commit)
    {
        foreach (var change in commit.Events)
        {
            if (change.Status != JobStatus.Succeeded) continue;
            _wake.Set();
            return;
        }
    }

    /// <summary>Starts what is due and has room. Answers how long nothing else will be.</summary>
    private async Task<TimeSpan?> LookAsync(CancellationToken stoppingToken)
    {
        try
        {
            var now = time.GetUtcNow();
            var free = options.MaxCopies - _running.Count;
            if (free <= 0) return null; // who ends rings
            foreach (var due in await store.ClaimAsync(free, now, now + options.Timeout + ClaimMargin, stoppingToken))
                Start(due, stoppingToken);
            return await store.NextDueAsync(stoppingToken) is { } next ? Sooner(next - time.GetUtcNow()) : options.LookEvery;
        }
        catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
        {
            LogLookFailed(failure);
            return PauseAfterFailure;
        }
    }

    private TimeSpan Sooner(TimeSpan wait)
    {
        var soon = wait > TimeSpan.Zero ? wait : TimeSpan.Zero;
        return options.LookEvery < soon ? options.LookEvery.Value : soon;
    }

    private void Start(DueCopy due, CancellationToken stoppingToken)
    {
        var copying = RunAsync(due, stoppingToken);
        _running[due] = copying;
        _ = copying.ContinueWith(
            _ => Leave(due), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private void Leave(DueCopy due)
    {
        _running.TryRemove(due, out _);
        _wake.Set();
    }

    // Never throws: what cannot be written down comes back when its claim has lapsed.
    private async Task RunAsync(DueCopy due, CancellationToken stoppingToken)
    {
        try
        {
            await WriteDownAsync(due, await CopyAsync(due, stoppingToken), stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            await GiveBackAsync(due);
        }
        catch (Exception failure)
        {
            LogFailed(due.Job, failure);
        }
    }

    private async Task<CopyOutcome> CopyAsync(DueCopy due, CancellationToken stoppingToken)
    {
        // A job may be gone before its copy was made.
        if (await queries.JobAsync(due.Job, stoppingToken) is not { } job) return new CopyOutcome.Done();
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        using var timer = time.CreateTimer(
            static source => ((CancellationTokenSource)source!).Cancel(), patience, options.Timeout, Timeout.InfiniteTimeSpan);
        try
        {
            return await copier.CopyAsync(job, patience.Token);
        }
        catch (Exception broken) when (
            broken is HttpRequestException or IOException or OperationCanceledException && !stoppingToken.IsCancellationRequested)
        {
            return new CopyOutcome.Trouble("the upstream broke off", IsOurs: false);
        }
    }

    private async Task WriteDownAsync(DueCopy due, CopyOutcome outcome, CancellationToken stoppingToken)
    {
        if (outcome is CopyOutcome.Trouble trouble)
        {
            await TryAgainAsync(due, trouble, stoppingToken);
            return;
        }

        if (outcome is CopyOutcome.Gone) LogGone(due.Job);
        else Volatile.Write(ref _isRefusalTold, 0);
        await store.EndAsync(due.Job, stoppingToken);
    }

    private async Task TryAgainAsync(DueCopy due, CopyOutcome.Trouble trouble, CancellationToken stoppingToken)
    {
        var now = time.GetUtcNow();
        if (now >= due.FirstAt + options.GiveUpAfter)
        {
            LogGivenUp(due.Job, due.Tries, trouble.Why);
            await store.EndAsync(due.Job, stoppingToken);
            return;
        }

        // A full disk fails every job alike: it is said once, until there is room again.
        if (!trouble.IsOurs && due.Tries == 1) LogNotCopied(due.Job, trouble.Why);
        if (trouble.IsOurs && Interlocked.Exchange(ref _isRefusalTold, 1) == 0) LogDirectory(trouble.Why);
        await store.PostponeAsync(due.Job, now + BackOff.After(due.Tries, options.FirstRetry, options.LongestRetry, random), stoppingToken);
    }

    private async Task GiveBackAsync(DueCopy due)
    {
        try
        {
            using var patience = new CancellationTokenSource(TimeToGiveBack, time);
            await store.PostponeAsync(due.Job, time.GetUtcNow(), patience.Token);
        }
        catch (Exception failure)
        {
            LogFailed(due.Job, failure);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The look for results to copy failed; the next one tries again.")]
    private partial void LogLookFailed(Exception failure);

    [LoggerMessage(
        Level = LogLevel.Warning, Message = "What became of the copy of job {Job} could not be written down; it will be made again.")]
    private partial void LogFailed(JobId job, Exception failure);

    [LoggerMessage(
        Level = LogLevel.Information, Message = "What job {Job} made was not copied: {Why}. It is tried again with growing pauses.")]
    private partial void LogNotCopied(JobId job, string why);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "The results' directory takes no copies: {Why}. They are tried again with growing pauses; jobs are not affected.")]
    private partial void LogDirectory(string why);

    [LoggerMessage(Level = LogLevel.Warning, Message = "What job {Job} made was not copied: the upstream keeps it no more.")]
    private partial void LogGone(JobId job);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The copy of what job {Job} made was given up after {Tries} tries, last: {Why}.")]
    private partial void LogGivenUp(JobId job, int tries, string why);
}
