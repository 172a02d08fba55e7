using Gateway.Engine.Storage;
using Gateway.Model.Ids;
using Gateway.Model.Jobs;
using Microsoft.Data.Sqlite;

namespace Gateway.Storage.Sqlite;

/// <summary>The feed on SQLite: there is one writer, so row ids rise in the order of commits.</summary>
internal sealed class SqliteFeedStore(SqliteDatabase database) : IFeedStore
{
    private const string Head = "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'job_event'";

    public Task<FeedCursor> HeadAsync(CancellationToken cancellationToken) =>
        Task.FromResult(database.Read(connection => connection.List(Head, Place)[0]));

    private const string Heads = """
        SELECT id, feed FROM (SELECT team.id, (SELECT max(feed) FROM job_event WHERE job_event.team = team.id) AS feed FROM team)
            WHERE feed IS NOT NULL
        """;

    public Task<IReadOnlyList<(TeamId Team, long Feed)>> HeadsAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<(TeamId Team, long Feed)>>(
        database.Read(connection => connection.List(Heads, reader => (new TeamId(reader.GetString(0)), reader.GetInt64(1)))));

    private const string OfTeam =
        "SELECT feed, job, seq, at, state FROM job_event WHERE team = $team AND feed > $after ORDER BY feed LIMIT $limit";
    private const string OfAll = "SELECT feed, job, seq, at, state FROM job_event WHERE feed > $after ORDER BY feed LIMIT $limit";

    public Task<FeedPage> AfterAsync(TeamId? team, FeedCursor after, int limit, CancellationToken cancellationToken) =>
        Task.FromResult(FeedPage.Of(database.Read(connection => team is { } one
        ? connection.List(OfTeam, Event, ("$team", one.Value), ("$after", after.Feed), ("$limit", limit))
        : connection.List(OfAll, Event, ("$after", after.Feed), ("$limit", limit)))));

    private const string Pruned = "SELECT CAST(value AS INTEGER) FROM setting WHERE key = 'feed_pruned'";

    public Task<FeedCursor> PrunedAsync(CancellationToken cancellationToken) =>
        Task.FromResult(database.Read(connection => connection.List(Pruned, Place)) is [var place] ? place : default);

    private static FeedCursor Place(SqliteDataReader reader) => new(reader.GetInt64(0), 0, 0);

    private static (FeedEvent, bool) Event(SqliteDataReader reader)
    {
        var state = StateJson.ReadJob(reader.GetString(4), version: 0);
        var cursor = new FeedCursor(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2));
        return (new FeedEvent(cursor, new JobEvent(state.Id, cursor.Seq, state.Status, reader.Time(3), state)), true);
    }
}
