using System.Collections.Concurrent;
using Gateway.Model.Ids;

namespace Gateway.Api.Auth;

/// <summary>So many of one team's works of a kind run at once; the rest wait, and other teams come in between.</summary>
/// <param name="atOnce">How many of a team run at once.</param>
internal abstract class TeamLanes(int atOnce)
{
    private readonly ConcurrentDictionary<TeamId, SemaphoreSlim> _lanes = new();

    public async Task<T> RunAsync<T>(TeamId team, Func<Task<T>> work, CancellationToken cancellationToken)
    {
        var lane = _lanes.GetOrAdd(team, static (_, places) => new SemaphoreSlim(places, places), atOnce);
        await lane.WaitAsync(cancellationToken);
        try
        {
            return await work();
        }
        finally
        {
            lane.Release();
        }
    }
}
