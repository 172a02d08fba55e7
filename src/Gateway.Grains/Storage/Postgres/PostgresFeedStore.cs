using System.Globalization;
using Gateway.Grains.Jobs;
using Gateway.Grains.Teams;
using Npgsql;

namespace Gateway.Grains.Storage.Postgres;

/// <summary>
/// The feed on PostgreSQL, in the order of transaction ids above <see cref="PostgresFeedBase"/>. A transaction may commit after younger ones, so what is not below
/// the oldest that still writes is kept back until nothing can come before it.
/// </summary>
internal sealed class PostgresFeedStore(NpgsqlDataSource source) : IFeedStore
{
    private const string Head = $"SELECT {PostgresFeedBase.Settled}::text";

    public async Task<FeedCursor> HeadAsync(CancellationToken cancellationToken) => Place((await source.FirstAsync(Head, reader => reader.GetString(0), cancellationToken))!);

    private const string Heads = """
        SELECT team.id, newest.feed::text FROM team CROSS JOIN LATERAL (
            SELECT feed FROM job_event WHERE job_event.team = team.id ORDER BY feed DESC LIMIT 1) AS newest
        """;

    public Task<IReadOnlyList<(TeamId Team, long Feed)>> HeadsAsync(CancellationToken cancellationToken) =>
        source.ListAsync(Heads, reader => (new TeamId(reader.GetString(0)), long.Parse(reader.GetString(1), CultureInfo.InvariantCulture)), cancellationToken);

    private const string Columns = $"feed::text, job, seq, at, state, feed < {PostgresFeedBase.Settled}";

    private const string OfTeam = $"""
        SELECT {Columns} FROM job_event WHERE team = $1 AND (feed, job, seq) > ($2::text::xid8, $3, $4) ORDER BY feed, job, seq LIMIT $5
        """;

    // An index step per team: a feed of all needs no index of its own, which every event would have to pay for.
    private const string OfAll = $"""
        SELECT {Columns} FROM (
            SELECT event.* FROM team CROSS JOIN LATERAL (
                SELECT feed, job, seq, at, state FROM job_event
                WHERE job_event.team = team.id AND (feed, job, seq) > ($1::text::xid8, $2, $3) ORDER BY feed, job, seq LIMIT $4) AS event) AS events
        ORDER BY events.feed, events.job, events.seq LIMIT $4
        """;

    public async Task<FeedPage> AfterAsync(TeamId? team, FeedCursor after, int limit, CancellationToken cancellationToken)
    {
        var feed = after.Feed.ToString(CultureInfo.InvariantCulture);
        return FeedPage.Of(team is { } one
            ? await source.ListAsync(OfTeam, Event, cancellationToken, one.Value, feed, after.Job, after.Seq, limit)
            : await source.ListAsync(OfAll, Event, cancellationToken, feed, after.Job, after.Seq, limit));
    }

    private const string Pruned = "SELECT value FROM setting WHERE key = 'feed_pruned'";

    public async Task<FeedCursor> PrunedAsync(CancellationToken cancellationToken) =>
        await source.FirstAsync(Pruned, reader => reader.GetString(0), cancellationToken) is { } place ? Place(place) : default;

    private static FeedCursor Place(string feed) => new(long.Parse(feed, CultureInfo.InvariantCulture), 0, 0);

    private static (FeedEvent, bool) Event(NpgsqlDataReader reader)
    {
        var state = StateJson.ReadJob(reader.GetString(4), version: 0);
        var cursor = new FeedCursor(long.Parse(reader.GetString(0), CultureInfo.InvariantCulture), reader.GetInt64(1), reader.GetInt64(2));
        return (new FeedEvent(cursor, new JobEvent(state.Id, cursor.Seq, state.Status, reader.Time(3), state)), reader.GetBoolean(5));
    }
}
