using Gateway.Engine.Notices;
using Gateway.Engine.Notifiers;
using Gateway.Model.Queueing;

namespace Gateway.Silo.Notices;

/// <summary>
/// Reads again what other nodes changed: what their notices name, and from time to time everything, since notices may be lost. The
/// looks are the node's, whoever waits: a client costs memory, not queries.
/// </summary>
internal sealed partial class StoreWatch(
    HeardNotices heard, ChangedViews views, DispatchOptions options, IRandom random, TimeProvider time,
    ILogger<StoreWatch> logger) : BackgroundService
{
    private readonly PendingNotices _pending = new();
    private readonly AsyncAutoResetEvent _wake = new();

    /// <summary>Takes a notice. Whom it wakes is woken here and now; what has to be read is read by the watch.</summary>
    public void Hear(ChangeNotice notice)
    {
        if (_pending.Add(heard.Wake(notice))) _wake.Set();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var (since, wait) = (time.GetTimestamp(), NextLook());
        while (true)
        {
            await _wake.WaitAsync(Left(), time, stoppingToken);
            if (Left() == TimeSpan.Zero)
            {
                _pending.Add(ChangeNotice.Everything);
                (since, wait) = (time.GetTimestamp(), NextLook());
            }

            if (_pending.Take() is { } notice) await TryReadAsync(notice, stoppingToken);
        }

        TimeSpan? Left() => wait - time.GetElapsedTime(since) is var left && left < TimeSpan.Zero ? TimeSpan.Zero : left;
    }

    // Jittered: nodes that started together must not look together for ever.
    private TimeSpan? NextLook() => options.LookEvery * (0.75 + (random.Next(500) / 1000.0));

    private async Task TryReadAsync(ChangeNotice notice, CancellationToken stoppingToken)
    {
        try
        {
            await (notice.All ? views.ReadEverythingAsync(stoppingToken) : views.ReadAsync(notice, stoppingToken));
        }
        catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
        {
            LogFailed(failure); // a lost database, mostly
            _pending.Add(notice);
            await Task.Delay(TimeSpan.FromMilliseconds(200 + random.Next(200)), time, stoppingToken);
            _wake.Set();
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Reading what other nodes changed failed; it is tried again.")]
    private partial void LogFailed(Exception failure);
}
