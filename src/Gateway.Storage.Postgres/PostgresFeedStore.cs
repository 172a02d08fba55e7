using System.Globalization;
using Gateway.Engine.Storage;
using Gateway.Model.Ids;
using Gateway.Model.Jobs;
using Npgsql;

namespace Gateway.Storage.Postgres;

/// <summary>
/// The feed on PostgreSQL, in the order of transaction ids above <see cref="PostgresFeedBase"/>. A transaction may commit after younger
/// ones, so what is not below the oldest that still writes here is kept back until nothing can come before it. An event may have a younger
/// transaction's place, its predecessor's, never an older one's. Whoever writes in another database of the server takes from the same ids,
/// for hours if he likes, and can never come before anything of ours.
/// </summary>
internal sealed class PostgresFeedStore(NpgsqlDataSource source) : IFeedStore
{
    /// <summary>Whoever is held back has the horizon looked for no more often than this.</summary>
    private static readonly TimeSpan HorizonAge = TimeSpan.FromMilliseconds(100);

    private Horizon _horizon = new(0, 0);

    private const string Heads = """
        SELECT team.id, newest.feed::text FROM team CROSS JOIN LATERAL (
            SELECT feed FROM job_event WHERE job_event.team = team.id ORDER BY feed DESC LIMIT 1) AS newest
        """;

    public Task<IReadOnlyList<(TeamId Team, long Feed)>> HeadsAsync(CancellationToken cancellationToken) =>
        source.ListAsync(
            Heads,
            reader => (new TeamId(reader.GetString(0)), long.Parse(reader.GetString(1), CultureInfo.InvariantCulture)),
            cancellationToken);

    // Below it, no transaction of this database is under way. The snapshot is taken first, the sessions are looked at after it:
    // a writer that is in neither has ended before whatever is read later. Sessions show the lower 32 bits of an id alone.
    private const string FindHorizon = $"""
        SELECT (min(CASE WHEN behind < 2147483648 THEN xmax - behind ELSE xmax END) + {PostgresFeedBase.Current})::text
        FROM (SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS xmax) AS snapshot CROSS JOIN LATERAL (
            SELECT (xmax - backend_xid::text::bigint) & 4294967295 AS behind FROM pg_stat_activity WHERE datname = current_database()
                AND backend_xid IS NOT NULL
            UNION ALL SELECT (xmax - transaction::text::bigint) & 4294967295 FROM pg_prepared_xacts WHERE database = current_database()
            UNION ALL SELECT 0) AS writing
        """;

    public async Task<FeedCursor> HeadAsync(CancellationToken cancellationToken) =>
        Place((await source.FirstAsync(FindHorizon, reader => reader.GetString(0), cancellationToken))!);

    // The column by its table: the text of the same name would sort 10 before 9.
    private const string OfTeam = $"""
        SELECT feed::text, job, seq, at, state, feed < greatest({PostgresFeedBase.Settled}, $6::text::xid8)
        FROM job_event WHERE team = $1 AND (feed, job, seq) > ($2::text::xid8, $3, $4) ORDER BY job_event.feed, job, seq LIMIT $5
        """;

    // An index step per team: a feed of all needs no index of its own, which every event would have to pay for.
    private const string OfAll = $"""
        SELECT feed::text, job, seq, at, state, feed < greatest({PostgresFeedBase.Settled}, $5::text::xid8)
        FROM (
            SELECT event.* FROM team CROSS JOIN LATERAL (
                SELECT feed, job, seq, at, state FROM job_event
                WHERE job_event.team = team.id AND (feed, job, seq) > ($1::text::xid8, $2, $3) ORDER BY feed, job, seq
                    LIMIT $4) AS event) AS events
        ORDER BY events.feed, events.job, events.seq LIMIT $4
        """;

    public async Task<FeedPage> AfterAsync(TeamId? team, FeedCursor after, int limit, CancellationToken cancellationToken)
    {
        var page = await ReadAsync(team, after, limit, horizon: 0, cancellationToken);
        return page.IsHeldBack ? await ReadAsync(team, after, limit, await HorizonAsync(cancellationToken), cancellationToken) : page;
    }

    private async Task<FeedPage> ReadAsync(TeamId? team, FeedCursor after, int limit, long horizon, CancellationToken cancellationToken) =>
        FeedPage.Of(team is { } one
        ? await source.ListAsync(OfTeam, Event, cancellationToken, one.Value, Text(after.Feed), after.Job, after.Seq, limit, Text(horizon))
        : await source.ListAsync(OfAll, Event, cancellationToken, Text(after.Feed), after.Job, after.Seq, limit, Text(horizon)));

    // Shared by all who are held back; an old one is still true, it only moves on.
    private async Task<long> HorizonAsync(CancellationToken cancellationToken)
    {
        if (TimeProvider.System.GetElapsedTime(_horizon.AskedAt) < HorizonAge) return _horizon.Feed;
        var askedAt = TimeProvider.System.GetTimestamp();
        var feed = (await HeadAsync(cancellationToken)).Feed;
        _horizon = new Horizon(feed, askedAt);
        return feed;
    }

    private const string Pruned = "SELECT value FROM setting WHERE key = 'feed_pruned'";

    public async Task<FeedCursor> PrunedAsync(CancellationToken cancellationToken) =>
        // events of one transaction share a place
        await source.FirstAsync(Pruned, reader => reader.GetString(0), cancellationToken) is { } place
            ? Place(place) with { Job = long.MaxValue, Seq = long.MaxValue }
            : default;

    private static string Text(long feed) => feed.ToString(CultureInfo.InvariantCulture);

    private static FeedCursor Place(string feed) => new(long.Parse(feed, CultureInfo.InvariantCulture), 0, 0);

    private static (FeedEvent, bool) Event(NpgsqlDataReader reader)
    {
        var state = StateJson.ReadJob(reader.GetString(4), version: 0);
        var cursor = new FeedCursor(long.Parse(reader.GetString(0), CultureInfo.InvariantCulture), reader.GetInt64(1), reader.GetInt64(2));
        return (new FeedEvent(cursor, new JobEvent(state.Id, cursor.Seq, state.Status, reader.Time(3), state)), reader.GetBoolean(5));
    }

    private sealed record Horizon(long Feed, long AskedAt);
}
