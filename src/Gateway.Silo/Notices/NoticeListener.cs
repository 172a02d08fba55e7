using Gateway.Engine.Notices;
using Gateway.Engine.Storage;
using Gateway.Engine.Turns;
using Gateway.Model.Queueing;

namespace Gateway.Silo.Notices;

/// <summary>Keeps this node's one listening connection open. What may have been missed while it was not is read when it is again.</summary>
internal sealed partial class NoticeListener(
    INoticeChannel channel, NodeIdentity node, StoreWatch watch, IRandom random, TimeProvider time,
    ILogger<NoticeListener> logger) : BackgroundService
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var failures = 0;
        while (channel.IsShared)
        {
            try
            {
                await channel.ListenAsync(node, Listening, watch.Hear, stoppingToken);
            }
            catch (Exception lost) when (!stoppingToken.IsCancellationRequested)
            {
                LogLost(lost);
                await Task.Delay(PauseAfter(failures++), time, stoppingToken);
            }
        }

        void Listening()
        {
            failures = 0;
            watch.Hear(ChangeNotice.Everything);
        }
    }

    // Half of it by chance: nodes that lost the same server do not come back in step.
    private TimeSpan PauseAfter(int failures)
    {
        var pause = FirstPause * Math.Pow(2, Math.Min(failures, 10));
        if (pause > LongestPause) pause = LongestPause;
        return (pause / 2) + (pause / 2 * random.Next(1000) / 1000);
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "The connection for other nodes' notices is lost; until it is back, what they change is found by looking.")]
    private partial void LogLost(Exception lost);
}
