using System.Globalization;
using Gateway.Grains.Jobs;
using Gateway.Grains.Teams;

namespace Gateway.Grains.Storage;

/// <summary>A place in the feed. Its text is the id of a team feed's event; what the numbers are is the dialect's business.</summary>
internal readonly record struct FeedCursor(long Feed, long Job, long Seq) : IComparable<FeedCursor>
{
    public static bool TryParse(string text, out FeedCursor cursor)
    {
        cursor = default;
        if (text.Split('-') is not [var feedText, var jobText, var seqText]) return false;
        if (!Number(feedText, out var feed) || !Number(jobText, out var job) || !Number(seqText, out var seq)) return false;
        cursor = new FeedCursor(feed, job, seq);
        return true;
    }

    public int CompareTo(FeedCursor other) => (Feed, Job, Seq).CompareTo((other.Feed, other.Job, other.Seq));

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Feed}-{Job}-{Seq}");

    private static bool Number(string text, out long number) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}

/// <summary>An event and its place in the feed.</summary>
internal sealed record FeedEvent(FeedCursor Cursor, JobEvent Change);

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

/// <summary>The events of all jobs in one order that never changes behind a reader (P2).</summary>
internal interface IFeedStore
{
    /// <summary>Here and now: what is committed from now on comes after it.</summary>
    Task<FeedCursor> HeadAsync(CancellationToken cancellationToken);

    /// <summary>The newest place of each team that has one, settled or not: one query for all who follow a feed.</summary>
    Task<IReadOnlyList<(TeamId Team, long Feed)>> HeadsAsync(CancellationToken cancellationToken);

    /// <summary>The events of a team, or of all (null), after a place.</summary>
    Task<FeedPage> AfterAsync(TeamId? team, FeedCursor after, int limit, CancellationToken cancellationToken);

    /// <summary>The last place of which something was pruned: whoever has not read so far may have missed it (P3).</summary>
    Task<FeedCursor> PrunedAsync(CancellationToken cancellationToken);
}
