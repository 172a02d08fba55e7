using System.Collections.Concurrent;
using Gateway.Grains.Teams;

namespace Gateway.Api.Push;

/// <summary>
/// How much of the store and of this machine one team's subscriptions take at once: a few reads, however many subscriptions begin
/// or hear of a move in the same instant. The others' reads and requests come in between.
/// </summary>
internal sealed class ReadLanes
{
    // With one, each read would wait for the thread that ended the last; more would take all cores of a small machine.
    private const int AtOnce = 2;

    private readonly ConcurrentDictionary<TeamId, SemaphoreSlim> _lanes = new();

    public async Task<T> ReadAsync<T>(TeamId team, Func<Task<T>> read, CancellationToken cancellationToken)
    {
        var lane = _lanes.GetOrAdd(team, static _ => new SemaphoreSlim(AtOnce, AtOnce));
        await lane.WaitAsync(cancellationToken);
        try
        {
            return await read();
        }
        finally
        {
            lane.Release();
        }
    }
}
