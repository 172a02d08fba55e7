using Gateway.Engine.Notifiers;
using Gateway.Engine.Storage;
using Gateway.Engine.Turns;
using Gateway.Grains.Jobs;

namespace Gateway.Silo.Queueing;

/// <summary>
/// Knows the next timed instant of all jobs (<c>runAt</c>, <c>startBy</c>, <c>finishBy</c>, the end of a back-off or of the
/// queue's patience) and wakes them then (Q5). Every node may: a wake is a turn that looks again, and doing it twice
/// changes nothing.
/// </summary>
internal sealed partial class JobTimer(
    IQueryStore queries, JobGrain jobs, TimeProvider time, ILogger<JobTimer> logger) : BackgroundService, IBatchObserver
{
    private const int MostPerLook = 500;

    // Turns judge by the store's clock: wake a moment after the instant, not a moment before.
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(20);

    // Where the store's clock is behind this node's, what is due here is not due there yet.
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(200);

    private readonly AsyncAutoResetEvent _wake = new();
    private readonly Lock _lock = new();
    private DateTimeOffset? _next;

    /// <summary>Asks the store for the next instant: another node may have made it earlier.</summary>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        Set(await queries.NextWakeAsync(cancellationToken));
        _wake.Set();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await RunAsync(stoppingToken);
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                LogFailed(failure); // a lost database, mostly
                await Task.Delay(LookAgain, time, stoppingToken);
            }
        }
    }

    private async Task RunAsync(CancellationToken stoppingToken)
    {
        Set(await queries.NextWakeAsync(stoppingToken));
        while (true)
        {
            if (Next is not { } next)
                await _wake.WaitAsync(atMost: null, time, stoppingToken);
            else if (next + Grace - time.GetUtcNow() is var wait && wait > TimeSpan.Zero)
                await _wake.WaitAsync(wait < LongestWait ? wait : LongestWait, time, stoppingToken);
            else
                await WakeDueAsync(stoppingToken);
        }
    }

    // Timers reach 49 days; a later instant is looked at again then.
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(30);

    private async Task WakeDueAsync(CancellationToken stoppingToken)
    {
        Forget(); // what is committed from here on announces itself
        var due = await queries.DueAsync(time.GetUtcNow(), MostPerLook, stoppingToken);
        var moved = await Task.WhenAll(due.Select(job => jobs.WakeAsync(job, stoppingToken)));
        var next = await queries.NextWakeAsync(stoppingToken);
        Set(next <= time.GetUtcNow() && !moved.Contains(true) ? time.GetUtcNow() + LookAgain : next);
    }

    private DateTimeOffset? Next
    {
        get
        {
            lock (_lock) return _next;
        }
    }

    private void Forget()
    {
        lock (_lock) _next = null;
    }

    private bool Set(DateTimeOffset? instant)
    {
        lock (_lock)
        {
            if (instant is null || _next <= instant) return false;
            _next = instant;
            return true;
        }
    }

    void IBatchObserver.Committed(BatchCommit commit)
    {
        var isEarlier = false;
        foreach (var job in commit.Jobs) isEarlier |= Set(job.WakeAt);
        if (isEarlier) _wake.Set();
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Waking jobs whose time has come failed; the next look tries again.")]
    private partial void LogFailed(Exception failure);
}
