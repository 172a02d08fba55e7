using Gateway.Engine.Notifiers;
using Gateway.Grains.Routing;

namespace Gateway.Silo.Queueing;

/// <summary>
/// Hands free slots to what waits, whenever something has changed: passes follow each other as long as one of them serves somebody
/// (<see cref="DispatchPass"/>). With <c>Gateway:Role</c> api it serves calls alone.
/// </summary>
internal sealed partial class Dispatcher(
    DispatchPass pass, Backlog backlog, SlotNotifier notifier, IHostApplicationLifetime host, TimeProvider time,
    ILogger<Dispatcher> logger) : BackgroundService
{
    // A store in trouble is not asked in a circle.
    private static readonly TimeSpan AfterFailure = TimeSpan.FromMilliseconds(200);

    protected override async Task ExecuteAsync(CancellationToken stopped)
    {
        // At the first word of a stop, not after the last stream has ended: what would be sent meanwhile may be cut.
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(stopped, host.ApplicationStopping);
        var stoppingToken = stopping.Token;
        notifier.Listen(backlog.Wake);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await RunPassesAsync(stoppingToken);
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                // A lost database, mostly: the next wake or the next look tries again.
                LogPassFailed(failure);
                await Task.Delay(AfterFailure, time, stoppingToken);
                backlog.Wake();
            }
        }
    }

    private async Task RunPassesAsync(CancellationToken stoppingToken)
    {
        await pass.FillAsync(stoppingToken);
        while (true)
        {
            while (await pass.RunAsync(stoppingToken))
            {
                // As long as something moved, something more may.
            }

            await backlog.WaitAsync(time, stoppingToken);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A dispatch pass failed.")]
    private partial void LogPassFailed(Exception failure);
}
