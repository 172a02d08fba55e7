using Gateway.Engine.Storage;

namespace Gateway.Silo.Chores;

/// <summary>Looks after the database once a minute, and tells the operator what it cannot do itself.</summary>
internal sealed partial class Upkeep(IUpkeepStore store, TimeProvider time, ILogger<Upkeep> logger) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                foreach (var trouble in await store.KeepAsync(stoppingToken)) LogInTheWay(trouble);
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                LogFailed(failure);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The database is held back. {Trouble}")]
    private partial void LogInTheWay(string trouble);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The look after the database failed; the next one tries again.")]
    private partial void LogFailed(Exception failure);
}
