using Gateway.Grains.Teams;

namespace Gateway.Grains.Bodies;

/// <summary>Why there is no room.</summary>
/// <param name="IsOfTeam">The team's share is full; else the node's memory is.</param>
/// <param name="Held">Bytes that are kept already.</param>
/// <param name="Limit">Bytes that may be.</param>
/// <param name="Wanted">Bytes more that were asked for.</param>
internal sealed record BodyShortage(bool IsOfTeam, long Held, long Limit, long Wanted);

/// <summary>The room one request's body takes, from its first byte to the request's end.</summary>
internal sealed class RequestRoom(BodyBudget budget, TeamId team) : IDisposable
{
    private long _bytes;

    /// <summary>Makes it so large; answers what is missing, null when it is.</summary>
    public BodyShortage? GrowTo(long bytes)
    {
        if (bytes <= _bytes) return null;
        if (budget.Take(team, bytes - _bytes) is { } shortage) return shortage;
        _bytes = bytes;
        return null;
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _bytes, 0) is var bytes and > 0) budget.GiveBack(team, bytes);
    }
}

/// <summary>The room the stored body of a job takes while it is sent.</summary>
internal sealed class QueuedRoom(BodyBudget budget, TeamId team, long bytes) : IDisposable
{
    private readonly TaskCompletionSource _served = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _isOver;

    public TeamId Team => team;

    public long Bytes => bytes;

    /// <summary>Ends when there is room.</summary>
    public Task Served => _served.Task;

    public void Serve() => _served.SetResult();

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isOver, 1) == 0) budget.Leave(this);
    }
}
