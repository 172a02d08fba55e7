using Gateway.Engine.Storage;
using Gateway.Engine.Turns;
using Gateway.Silo.Notices;

namespace Gateway.Silo.Chores;

/// <summary>
/// Runs the batch runner for the life of the process. Before all services but the notices to start, and after them to stop: what the others
/// promise while they stop is still written down, then the incarnation leaves in good order.
/// </summary>
internal sealed partial class TurnLoop(
    BatchRunner runner,
    AfterCommit afterCommit,
    NodeViews views,
    NodeIdentity node,
    INodeStore nodes,
    NodeDeath death,
    TimeProvider time,
    ILogger<TurnLoop> logger) : IHostedService, IDisposable
{
    // Not of the stop's own time, which streams may have used up: without this last step every lease is waited out.
    private static readonly TimeSpan TimeToLeave = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _stopping = new();
    private Task _loop = Task.CompletedTask;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        afterCommit.Register(runner);
        runner.Fenced += death.Die;
        _loop = Task.Run(() => runner.LoopAsync(_stopping.Token), CancellationToken.None);
        await views.ReadAsync(cancellationToken);
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

    [LoggerMessage(
        Level = LogLevel.Warning, Message = "This node did not leave in good order; its leases wait until its heartbeat is too old.")]
    private partial void LogLeftUncleanly(Exception failure);
}
