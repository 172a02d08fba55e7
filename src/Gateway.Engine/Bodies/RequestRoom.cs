using Gateway.Model.Ids;

namespace Gateway.Engine.Bodies;

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
