using Gateway.Engine.Storage;
using Gateway.Engine.Turns;
using Gateway.Grains.Routing;
using Gateway.Model.Content;
using Gateway.Model.Ids;
using Gateway.Model.Kinds;
using Gateway.Model.Queueing;
using Gateway.Silo.Claims;
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
    ILogger<ResultCopier> logger) : ClaimLoop<DueCopy>(time), IBatchObserver
{
    // Whether the log has heard that the directory takes nothing.
    private int _isRefusalTold;

    protected override bool IsOn => options.IsOn && role.TakesJobs;

    void IBatchObserver.Committed(BatchCommit commit)
    {
        foreach (var change in commit.Events)
        {
            if (change.Status != JobStatus.Succeeded) continue;
            Wake();
            return;
        }
    }

    protected override async Task<TimeSpan?> ClaimAsync(CancellationToken stoppingToken)
    {
        var now = Time.GetUtcNow();
        var free = options.MaxCopies - Running;
        if (free <= 0) return null; // who ends rings
        foreach (var due in await store.ClaimAsync(free, now, now + options.Timeout + ClaimMargin, stoppingToken))
            Start(due, stoppingToken);
        return await store.NextDueAsync(stoppingToken) is { } next ? Sooner(next - Time.GetUtcNow()) : options.LookEvery;
    }

    private TimeSpan Sooner(TimeSpan wait)
    {
        var soon = wait > TimeSpan.Zero ? wait : TimeSpan.Zero;
        return options.LookEvery < soon ? options.LookEvery.Value : soon;
    }

    protected override async Task WorkAsync(DueCopy due, CancellationToken stoppingToken) =>
        await WriteDownAsync(due, await CopyAsync(due, stoppingToken), stoppingToken);

    protected override Task PostponeAsync(DueCopy due, DateTimeOffset at, CancellationToken cancellationToken) =>
        store.PostponeAsync(due.Job, at, cancellationToken);

    private async Task<CopyOutcome> CopyAsync(DueCopy due, CancellationToken stoppingToken)
    {
        // A job may be gone before its copy was made.
        if (await queries.JobAsync(due.Job, stoppingToken) is not { } job) return new CopyOutcome.Done();
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        using var timer = Time.CreateTimer(
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
        var now = Time.GetUtcNow();
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

    protected override void LogClaimFailed(Exception failure) => LogLookFailed(failure);

    protected override void LogWorkFailed(DueCopy due, Exception failure) => LogFailed(due.Job, failure);

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
