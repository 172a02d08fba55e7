using Gateway.Engine.Hints;
using Gateway.Engine.Signals;
using Gateway.Engine.Storage;
using Gateway.Engine.Teams;
using Gateway.Grains.Options;
using Gateway.Grains.Routing;
using Gateway.Model.Ids;
using Gateway.Model.Queueing;

namespace Gateway.Silo.Hints;

/// <summary>
/// Reads again what other nodes changed: what their hints name, and from time to time everything, since hints may be lost. The
/// looks are the node's, whoever waits: a client costs memory, not queries.
/// </summary>
internal sealed partial class StoreWatch(
    RouterGrain router,
    Backlog backlog,
    JobSignals signals,
    StreamSignals growth,
    QueuePauses pauses,
    QueueOrder order,
    TeamLimitsView teams,
    IQueryStore queries,
    IFeedStore feed,
    GatewayOptions gateway,
    DispatchOptions options,
    IRandom random,
    TimeProvider time,
    ILogger<StoreWatch> logger) : BackgroundService
{
    private readonly PendingHints _pending = new();
    private readonly Bell _bell = new();

    /// <summary>Takes a hint. Whom it wakes is woken here and now; what has to be read is read by the watch.</summary>
    public void Hear(Hint hint)
    {
        foreach (var (team, jobs) in hint.Moved) signals.Moved(team, jobs);
        foreach (var job in hint.Grown) growth.Grown(job);
        backlog.Ready(hint.Queues);
        HearFreed(hint.Freed);
        if (teams.Open(hint.Released)) backlog.Wake();
        if (_pending.Add(hint with { Moved = [], Grown = [], Queues = [], Freed = [], Released = [] })) _bell.Ring();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var (since, wait) = (time.GetTimestamp(), NextLook());
        while (true)
        {
            await _bell.WaitAsync(Left(), time, stoppingToken);
            if (Left() == TimeSpan.Zero)
            {
                _pending.Add(Hint.Everything);
                (since, wait) = (time.GetTimestamp(), NextLook());
            }

            if (_pending.Take() is { } hint) await TryReadAsync(hint, stoppingToken);
        }

        TimeSpan? Left() => wait - time.GetElapsedTime(since) is var left && left < TimeSpan.Zero ? TimeSpan.Zero : left;
    }

    // Jittered: nodes that started together must not look together for ever.
    private TimeSpan? NextLook() => options.LookEvery * (0.75 + (random.Next(500) / 1000.0));

    // Where nobody waits for a slot it is enough to know that the view is old.
    private void HearFreed(AccountId[] freed)
    {
        if (freed.Length == 0) return;
        router.Doubt(freed);
        if (backlog.IsWaiting) backlog.Wake();
    }

    private async Task TryReadAsync(Hint hint, CancellationToken stoppingToken)
    {
        try
        {
            await (hint.All ? ReadEverythingAsync(stoppingToken) : ReadAsync(hint, stoppingToken));
        }
        catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
        {
            LogFailed(failure); // a lost database, mostly
            _pending.Add(hint);
            await Task.Delay(TimeSpan.FromMilliseconds(200 + random.Next(200)), time, stoppingToken);
            _bell.Ring();
        }
    }

    private async Task ReadAsync(Hint hint, CancellationToken stoppingToken)
    {
        if (hint.Changed.Length > 0) await router.RefreshAsync(hint.Changed, stoppingToken);
        if (hint.Teams) await ReadTeamsAsync(stoppingToken);
        if (!hint.Pauses) return;
        await pauses.RefreshAsync(stoppingToken);
        backlog.Wake();
    }

    private async Task ReadEverythingAsync(CancellationToken stoppingToken)
    {
        await signals.LookAsync(queries, feed, stoppingToken);
        await router.RefreshAsync(stoppingToken);
        await pauses.RefreshAsync(stoppingToken);
        await ReadTeamsAsync(stoppingToken);
        if (gateway.TakesJobs) backlog.Add(await queries.QueuesAsync(stoppingToken));
        backlog.Wake();
    }

    private async Task ReadTeamsAsync(CancellationToken stoppingToken)
    {
        await order.RefreshAsync(stoppingToken);
        await teams.RefreshAsync(stoppingToken);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Reading what other nodes changed failed; it is tried again.")]
    private partial void LogFailed(Exception failure);
}
