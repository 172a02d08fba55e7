using Gateway.Engine.Storage;
using Gateway.Silo.Content;

namespace Gateway.Silo.Chores;

/// <summary>
/// Removes what was kept long enough, in small steps with pauses: what goes on must not notice. Every node does it; of two at
/// once each takes what the other has not locked.
/// </summary>
internal sealed partial class Pruner(
    IRetentionStore store, IBodyStore bodies, ResultCopies copies, ResultOptions results, RetentionOptions options, TimeProvider time,
    ILogger<Pruner> logger) : BackgroundService
{
    // Files nobody knows of are rare, and to look for them is a walk over all files.
    private static readonly TimeSpan SweepEvery = TimeSpan.FromHours(1);

    private DateTimeOffset _sweptAt;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Every, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await PruneAsync(stoppingToken);
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                LogFailed(failure);
            }
        }
    }

    /// <summary>Removes all that may go by now. Keys before jobs: a key must not lead to a job that is gone (P5).</summary>
    public async Task PruneAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await StepAsync(() => store.PruneKeysAsync(now - options.Keys, options.Step, cancellationToken), cancellationToken);
        await StepAsync(() => store.PruneDeliveriesAsync(now - options.Deliveries, options.Step, cancellationToken), cancellationToken);
        var jobs = await StepAsync(() => PruneJobsAsync(now - options.Jobs, cancellationToken), cancellationToken);
        await StepAsync(() => store.PruneAuditAsync(now - options.Audit, options.Step, cancellationToken), cancellationToken);
        // Last: a directory that gives trouble keeps nothing else from going.
        await StepAsync(() => copies.PruneAsync(now - results.KeepFor, options.Step, cancellationToken), cancellationToken);
        if (now - _sweptAt >= SweepEvery) await SweepAsync(now, cancellationToken);
        if (jobs > 0) LogPruned(jobs);
    }

    // Large bodies and copies lie outside of the jobs' transactions; one that this misses is swept as an orphan (T8).
    private async Task<int> PruneJobsAsync(DateTimeOffset endedBefore, CancellationToken cancellationToken)
    {
        var jobs = await store.PruneJobsAsync(endedBefore, options.Step, cancellationToken);
        List<string> large = [.. jobs.SelectMany(job => new[] { job.Request.LargeId, job.Result?.LargeId }).OfType<string>()];
        if (large.Count > 0) await bodies.RemoveAsync(large, cancellationToken);
        copies.Forget(jobs.Select(job => job.Id));
        return jobs.Count;
    }

    private async Task SweepAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var orphans = await copies.SweepAsync(
            now, options.Step, () => Task.Delay(options.Pause, time, cancellationToken), cancellationToken);
        _sweptAt = now;
        if (orphans > 0) LogSwept(orphans);
    }

    private async Task<int> StepAsync(Func<Task<int>> step, CancellationToken cancellationToken)
    {
        var all = 0;
        while (true)
        {
            var removed = await step();
            all += removed;
            if (removed < options.Step) return all;
            await Task.Delay(options.Pause, time, cancellationToken);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Jobs} jobs were kept long enough and are gone.")]
    private partial void LogPruned(int jobs);

    [LoggerMessage(Level = LogLevel.Information, Message = "The copies of {Orphans} jobs that nobody knows of are gone.")]
    private partial void LogSwept(int orphans);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Pruning failed; the next round tries again.")]
    private partial void LogFailed(Exception failure);
}
