using Gateway.Engine.Notifiers;
using Gateway.Engine.Storage;
using Gateway.Engine.Teams;
using Gateway.Engine.Turns;
using Gateway.Grains.Routing;
using Gateway.Silo.Content;
using Gateway.Silo.Notices;
using Gateway.Silo.Outbound;
using Gateway.Silo.Queueing;

namespace Gateway.Silo.Chores;

/// <summary>
/// Runs the batch runner for the life of the process. Before all services but the hints to start, and after them to stop: what the others promise
/// while they stop is still written down, then the incarnation leaves in good order.
/// </summary>
internal sealed partial class TurnLoop(
    BatchRunner runner,
    NodeIdentity node,
    INodeStore nodes,
    NodeLife life,
    TeamLimitsView teams,
    RouterGrain router,
    JobNotifier signals,
    Backlog backlog,
    OutboxSender outbox,
    NoticeSender hints,
    ResultCopier copier,
    QueueOrder order,
    ServiceTimes services,
    QueuePauses pauses,
    JobTimer alarm,
    HealthWatch health,
    CommitLog log,
    IHostApplicationLifetime host,
    TimeProvider time,
    ILogger<TurnLoop> logger) : IHostedService, IDisposable
{
    // Not of the stop's own time, which streams may have used up: without this last step every lease is waited out.
    private static readonly TimeSpan TimeToLeave = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _stopping = new();
    private Task _loop = Task.CompletedTask;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        // The views first: who is told later finds them fresh.
        runner.Observe(teams);
        runner.Observe(router);
        runner.Observe(signals);
        runner.Observe(services);
        runner.Observe(order);
        runner.Observe(pauses);
        runner.Observe(alarm);
        runner.Observe(backlog);
        runner.Observe(outbox);
        runner.Observe(hints);
        runner.Observe(copier);
        runner.Observe(health);
        runner.Observe(log);
        runner.Fenced += Stop;
        _loop = Task.Run(() => runner.LoopAsync(_stopping.Token), CancellationToken.None);
        await router.RefreshAsync(cancellationToken);
        await teams.RefreshAsync(cancellationToken);
        await pauses.RefreshAsync(cancellationToken);
        await order.RefreshAsync(cancellationToken);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        try
        {
            using var patience = new CancellationTokenSource(TimeToLeave, time);
            await _loop.WaitAsync(patience.Token);
            await nodes.LeaveAsync(node.Incarnation, patience.Token);
        }
        catch (Exception failure)
        {
            // The next start, or another node, waits out the lease instead.
            LogLeftUncleanly(failure);
        }
    }

    public void Dispose() => _stopping.Dispose();

    private void Stop()
    {
        life.Die();
        Environment.ExitCode = 1;
        host.StopApplication();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "This node did not leave in good order; its leases wait until its heartbeat is too old.")]
    private partial void LogLeftUncleanly(Exception failure);
}
