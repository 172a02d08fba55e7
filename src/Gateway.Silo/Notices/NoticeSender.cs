using Gateway.Engine.Notices;
using Gateway.Engine.Notifiers;
using Gateway.Engine.Storage;
using Gateway.Engine.Turns;
using Gateway.Model.Ids;
using Gateway.Model.Queueing;

namespace Gateway.Silo.Notices;

/// <summary>
/// Tells other nodes what this one's commits changed: what is committed while one message is on its way makes the next. Started
/// before the turns and stopped after them, so that the last commit is told too.
/// </summary>
internal sealed partial class NoticeSender(
    INoticeChannel channel, NodeIdentity node, IRandom random, TimeProvider time,
    ILogger<NoticeSender> logger) : IHostedService, IBatchObserver, IDisposable
{
    /// <summary>What a stop gives the last message; the others look again anyway.</summary>
    private static readonly TimeSpan TimeToTell = TimeSpan.FromSeconds(2);

    /// <summary>
    /// The most that the growth of one stream waits for that of others: a message for each token of each stream would be thousands a
    /// second.
    /// </summary>
    private static readonly TimeSpan GrowthPause = TimeSpan.FromMilliseconds(25);

    private readonly PendingNotices _pending = new();
    private readonly AsyncAutoResetEvent _wake = new();
    private readonly CancellationTokenSource _stopping = new();
    private Task _loop = Task.CompletedTask;

    /// <summary>Something may have happened that nobody was told of.</summary>
    public void TellEverything()
    {
        if (channel.IsShared && _pending.Add(ChangeNotice.Everything)) _wake.Set();
    }

    /// <summary>A streamed answer has grown.</summary>
    public void TellGrown(JobId job)
    {
        if (!channel.IsShared) return;
        _pending.AddGrown(job);
        _wake.Set();
    }

    void IBatchObserver.Committed(BatchCommit commit)
    {
        if (channel.IsShared && _pending.Add(commit)) _wake.Set();
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (channel.IsShared) _loop = Task.Run(() => LoopAsync(_stopping.Token), CancellationToken.None);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        using var patience = new CancellationTokenSource(TimeToTell, time);
        await TrySendAsync(patience.Token);
    }

    public void Dispose() => _stopping.Dispose();

    private async Task LoopAsync(CancellationToken stopping)
    {
        while (true)
        {
            await _wake.WaitAsync(atMost: null, time, stopping);
            await GatherGrowthAsync(stopping);
            if (await TrySendAsync(stopping)) continue;
            await Task.Delay(TimeSpan.FromMilliseconds(200 + random.Next(400)), time, stopping);
            _wake.Set();
        }
    }

    private async Task GatherGrowthAsync(CancellationToken stopping)
    {
        var started = time.GetTimestamp();
        while (_pending.IsGrowthAlone && GrowthPause - time.GetElapsedTime(started) is { Ticks: > 0 } left)
            await _wake.WaitAsync(left, time, stopping);
    }

    // False when it has to be said again.
    private async Task<bool> TrySendAsync(CancellationToken cancellationToken)
    {
        if (_pending.Take() is not { } notice) return true;
        try
        {
            await channel.SendAsync(node, notice, cancellationToken);
            return true;
        }
        catch (Exception failure)
        {
            _pending.Add(notice);
            if (!cancellationToken.IsCancellationRequested) LogNotSent(failure);
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Other nodes could not be told what changed here; they find it when they look.")]
    private partial void LogNotSent(Exception failure);
}
