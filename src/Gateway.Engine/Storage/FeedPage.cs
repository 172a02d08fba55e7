namespace Gateway.Engine.Storage;

/// <summary>What the feed has after a place.</summary>
/// <param name="Events">In order; nothing can come in between any more (P2).</param>
/// <param name="IsHeldBack">Something behind them waits for a transaction that still runs.</param>
internal sealed record FeedPage(IReadOnlyList<FeedEvent> Events, bool IsHeldBack)
{
    /// <summary>Of what was read in order: all before the first one that something may still come before.</summary>
    public static FeedPage Of(IReadOnlyList<(FeedEvent Event, bool IsSettled)> rows)
    {
        var settled = rows.TakeWhile(row => row.IsSettled).Select(row => row.Event).ToList();
        return new FeedPage(settled, settled.Count < rows.Count);
    }
}
