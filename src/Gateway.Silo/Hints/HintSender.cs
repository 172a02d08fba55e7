using Gateway.Engine.Hints;
using Gateway.Engine.Signals;
using Gateway.Engine.Storage;
using Gateway.Engine.Turns;
using Gateway.Model.Ids;
using Gateway.Model.Queueing;

namespace Gateway.Silo.Hints;

/// <summary>
/// Tells other nodes what this one's commits changed: what is committed while one message is on its way makes the next. Started
/// before the turns and stopped after them, so that the last commit is told too.
/// </summary>
internal sealed partial class HintSender(
    IHintChannel channel, NodeIdentity node, IRandom random, TimeProvider time, ILogger<HintSender> logger) : IHostedService, IBatchObserver, IDisposable
{
    /// <summary>What a stop gives the last message; the others look again anyway.</summary>
    private static readonly TimeSpan TimeToTell = TimeSpan.FromSeconds(2);

    /// <summary>The most that the growth of one stream waits for that of others: a message for each token of each stream would be thousands a second.</summary>
    private static readonly TimeSpan GrowthPause = TimeSpan.FromMilliseconds(25);

    private readonly PendingHints _pending = new();
    private readonly Bell _bell = new();
    private readonly CancellationTokenSource _stopping = new();
    private Task _loop = Task.CompletedTask;

    /// <summary>Something may have happened that nobody was told of.</summary>
    public void TellEverything()
    {
        if (channel.IsShared && _pending.Add(Hint.Everything)) _bell.Ring();
    }

    /// <summary>A streamed answer has grown.</summary>
    public void TellGrown(JobId job)
    {
        if (!channel.IsShared) return;
        _pending.AddGrown(job);
        _bell.Ring();
    }

    void IBatchObserver.Committed(BatchCommit commit)
    {
        if (channel.IsShared && _pending.Add(commit)) _bell.Ring();
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
            await _bell.WaitAsync(atMost: null, time, stopping);
            await GatherGrowthAsync(stopping);
            if (await TrySendAsync(stopping)) continue;
            await Task.Delay(TimeSpan.FromMilliseconds(200 + random.Next(400)), time, stopping);
            _bell.Ring();
        }
    }

    private async Task GatherGrowthAsync(CancellationToken stopping)
    {
        var started = time.GetTimestamp();
        while (_pending.IsGrowthAlone && GrowthPause - time.GetElapsedTime(started) is { Ticks: > 0 } left) await _bell.WaitAsync(left, time, stopping);
    }

    // False when it has to be said again.
    private async Task<bool> TrySendAsync(CancellationToken cancellationToken)
    {
        if (_pending.Take() is not { } hint) return true;
        try
        {
            await channel.SendAsync(node, hint, cancellationToken);
            return true;
        }
        catch (Exception failure)
        {
            _pending.Add(hint);
            if (!cancellationToken.IsCancellationRequested) LogNotSent(failure);
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Other nodes could not be told what changed here; they find it when they look.")]
    private partial void LogNotSent(Exception failure);
}
