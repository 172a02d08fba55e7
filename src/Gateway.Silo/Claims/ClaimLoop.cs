using System.Collections.Concurrent;
using Gateway.Engine.Notifiers;

namespace Gateway.Silo.Claims;

/// <summary>
/// Claims what the store has due, works on several at once, and looks again when it is woken or something else is due. What is under way at
/// a stop is given back, for the next start; what nobody gives back comes again when its claim has lapsed.
/// </summary>
/// <typeparam name="TItem">What is claimed.</typeparam>
internal abstract class ClaimLoop<TItem>(TimeProvider time) : BackgroundService
    where TItem : notnull
{
    /// <summary>Beyond the time that work on one may take: only a node that is gone loses its claim.</summary>
    protected static readonly TimeSpan ClaimMargin = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(1);

    // What a stop gives a claim to be given back; else it lapses.
    private static readonly TimeSpan TimeToGiveBack = TimeSpan.FromSeconds(2);

    private readonly AsyncAutoResetEvent _wake = new();
    private readonly ConcurrentDictionary<TItem, Task> _running = [];

    protected TimeProvider Time => time;

    /// <summary>Something may be due.</summary>
    public void Wake() => _wake.Set();

    /// <summary>How many are worked on.</summary>
    protected int Running => _running.Count;

    /// <summary>Whether this node does such work at all.</summary>
    protected virtual bool IsOn => true;

    /// <summary>Claims and starts what is due and has room. Answers how long nothing else will be; null for until it is woken.</summary>
    protected abstract Task<TimeSpan?> ClaimAsync(CancellationToken stoppingToken);

    /// <summary>Works on one and writes down what came of it.</summary>
    protected abstract Task WorkAsync(TItem item, CancellationToken stoppingToken);

    /// <summary>Makes one due at an instant.</summary>
    protected abstract Task PostponeAsync(TItem item, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>One is worked on no more, whatever came of it.</summary>
    protected virtual void Ended(TItem item)
    {
    }

    protected abstract void LogClaimFailed(Exception failure);

    protected abstract void LogWorkFailed(TItem item, Exception failure);

    protected sealed override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!IsOn) return;
        try
        {
            while (!stoppingToken.IsCancellationRequested)
                await _wake.WaitAsync(await TryClaimAsync(stoppingToken), time, stoppingToken);
        }
        finally
        {
            await Task.WhenAll(_running.Values);
        }
    }

    protected void Start(TItem item, CancellationToken stoppingToken)
    {
        var working = RunAsync(item, stoppingToken);
        _running[item] = working;
        _ = working.ContinueWith(
            _ => Leave(item), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private void Leave(TItem item)
    {
        _running.TryRemove(item, out _);
        Ended(item);
        _wake.Set();
    }

    private async Task<TimeSpan?> TryClaimAsync(CancellationToken stoppingToken)
    {
        try
        {
            return await ClaimAsync(stoppingToken);
        }
        catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
        {
            LogClaimFailed(failure);
            return PauseAfterFailure;
        }
    }

    // Never throws: what cannot be written down comes back when its claim has lapsed.
    private async Task RunAsync(TItem item, CancellationToken stoppingToken)
    {
        try
        {
            await WorkAsync(item, stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            await GiveBackAsync(item);
        }
        catch (Exception failure)
        {
            LogWorkFailed(item, failure);
        }
    }

    private async Task GiveBackAsync(TItem item)
    {
        try
        {
            using var patience = new CancellationTokenSource(TimeToGiveBack, time);
            await PostponeAsync(item, time.GetUtcNow(), patience.Token);
        }
        catch (Exception failure)
        {
            LogWorkFailed(item, failure);
        }
    }
}
