using Gateway.Engine.Turns;
using Gateway.Silo.Queueing;

namespace Gateway.Silo.Chores;

/// <summary>
/// Looks over what must not be forgotten: dead nodes' leases (L5), own leases nobody works on (L7), leases past their time
/// (L4), jobs that waited too long (J6) and bodies nobody refers to (T8). Also the recovery at start.
/// </summary>
internal sealed partial class RescueLoop(
    Rescuer rescuer,
    JobTimer jobTimer,
    BodySweeper bodies,
    Membership membership,
    NodeLife life,
    ChoreOptions options,
    TimeProvider time,
    ILogger<RescueLoop> logger) : IHostedService, IDisposable
{
    // How soon it is noticed that another node has gone: two statements on a table of a few rows.
    private static readonly TimeSpan LookForMembers = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stopping = new();
    private Task _loop = Task.CompletedTask;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        // Before anything new is let in, what an earlier life left behind is taken up.
        await rescuer.LookOverAsync(cancellationToken);
        _loop = LoopAsync(_stopping.Token);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await _loop.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose() => _stopping.Dispose();

    private async Task LoopAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.ChoresEvery < LookForMembers ? options.ChoresEvery : LookForMembers, time);
        var lookedAt = time.GetTimestamp();
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                var isTime = time.GetElapsedTime(lookedAt) >= options.ChoresEvery;
                if (!isTime && !await HasSomebodyGoneAsync(stoppingToken)) continue;
                lookedAt = time.GetTimestamp();
                await rescuer.LookOverAsync(stoppingToken);
                await jobTimer.LookAsync(stoppingToken); // another node may have changed the next timed instant (Q5)
                await bodies.SweepAsync(stoppingToken);
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                LogChoresFailed(failure);
            }
        }
    }

    private async Task<bool> HasSomebodyGoneAsync(CancellationToken stoppingToken) =>
        life.IsProven && await membership.LookAsync(stoppingToken);

    [LoggerMessage(Level = LogLevel.Error, Message = "The look over leases and queue failed; the next one tries again.")]
    private partial void LogChoresFailed(Exception failure);
}
