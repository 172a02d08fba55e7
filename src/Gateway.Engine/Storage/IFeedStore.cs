using Gateway.Model.Ids;

namespace Gateway.Engine.Storage;

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
