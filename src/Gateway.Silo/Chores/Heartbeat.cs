using Gateway.Engine.Storage;
using Gateway.Engine.Turns;

namespace Gateway.Silo.Chores;

/// <summary>
/// Keeps this node alive to the others: beats its heart (L2), stops what it runs when it no longer can (L6), and says when it is
/// about to leave.
/// </summary>
internal sealed partial class Heartbeat(
    INodeStore nodes,
    NodeIdentity node,
    NodeLife life,
    NodeDeath death,
    StoreOutage outage,
    IHostApplicationLifetime host,
    TimeProvider time,
    ILogger<Heartbeat> logger) : BackgroundService
{
    // Loops of their own: a heartbeat that hangs in a silent database must not keep the watch from noticing that the proof ran out.
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(BeatOnAsync(stoppingToken), WatchAsync(stoppingToken), AnnounceLeaveAsync(stoppingToken));

    // Ten looks a beat, so that a missed heartbeat is made up for soon, and an idle node sees soon that the database is back. The dead
    // do not come back.
    private async Task BeatOnAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(life.BeatEvery / 10, time);
        for (var tick = 0; !life.IsDead && await timer.WaitForNextTickAsync(stoppingToken); tick++)
            if (tick % 10 == 0 || !life.IsProven || outage.IsOn) await BeatAsync(stoppingToken);
    }

    // Asked ten times a beat, so that the proof is missed soon after it has run out.
    private async Task WatchAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(life.BeatEvery / 10, time);
        while (await timer.WaitForNextTickAsync(stoppingToken)) life.AbortIfUnproven();
    }

    private async Task BeatAsync(CancellationToken stoppingToken)
    {
        try
        {
            var sentAt = time.GetTimestamp();
            var isLive = await nodes.BeatAsync(node.Incarnation, stoppingToken);
            outage.End();
            if (isLive) life.Beat(sentAt);
            else Die();
        }
        catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
        {
            LogNoBeat(failure);
        }
    }

    // At the first word of a stop: streams may take all the time they are given, jobs that wait for their upstream are handed over at once.
    private async Task AnnounceLeaveAsync(CancellationToken stoppingToken)
    {
        var stopping = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = host.ApplicationStopping.Register(stopping.SetResult);
        await stopping.Task.WaitAsync(stoppingToken);
        try
        {
            await nodes.PrepareToLeaveAsync(node.Incarnation, stoppingToken);
        }
        catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
        {
            LogNotAnnounced(failure); // then they are adopted once this node has left
        }
    }

    private void Die()
    {
        LogDead(node.Incarnation);
        death.Die();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The heartbeat did not reach the database.")]
    private partial void LogNoBeat(Exception failure);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The other nodes could not be told that this one is leaving.")]
    private partial void LogNotAnnounced(Exception failure);

    [LoggerMessage(
        Level = LogLevel.Critical, Message = "Incarnation {Incarnation} was declared dead; this process stops and must be started again.")]
    private partial void LogDead(string incarnation);
}
