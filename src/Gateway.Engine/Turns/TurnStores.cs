namespace Gateway.Engine.Turns;

/// <summary>
/// A node's connections for turns: the one its batches run on, and where there are other nodes the one on which it waits for rows they hold
/// (T4).
/// </summary>
internal sealed record TurnStores(ITurnStore Batches, ITurnStore? Waiting) : IAsyncDisposable
{
    public async ValueTask DisposeAsync()
    {
        await Batches.DisposeAsync();
        if (Waiting is not null) await Waiting.DisposeAsync();
    }
}
