using Gateway.Engine.Bodies;

namespace Gateway.Silo.Chores;

/// <summary>
/// Has the memory of large bodies collected after they were given back. The runtime would let them lie until the machine is short
/// of memory, and a node that once served a few large requests would look, and be billed, as if it still did.
/// </summary>
internal sealed class HeapTrimmer(BodyBudget bodies, TimeProvider time) : BackgroundService
{
    // Requests that have just been answered still hold their bytes for a moment, and nothing tells when they let go.
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await bodies.LargeReturned.WaitAsync(atMost: null, time, stoppingToken);
            while (true)
            {
                await Task.Delay(Pause, time, stoppingToken);
                // Beside the requests: what is dead is used again, so memory does not grow, but it is not given back.
                GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: false);
                if (await bodies.LargeReturned.WaitAsync(Quiet, time, stoppingToken)) continue;

                // Gives it back, and stops everything for about 50 ms (measured): once, when no large request came for a while.
                GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
                await bodies.LargeReturned.WaitAsync(atMost: null, time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The node stops.
        }
    }
}
