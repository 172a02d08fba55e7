using Npgsql;

namespace Gateway.Grains.Storage.Postgres;

/// <summary>Copies on PostgreSQL: the feed's places are transaction ids above a base, and a copy may be on a server whose ids are lower.</summary>
internal sealed class PostgresCopyStore(NpgsqlDataSource source) : ICopyStore
{
    private const string Find = "SELECT value FROM setting WHERE key = $1";

    public Task<string?> FindMarkAsync(CancellationToken cancellationToken) => source.FirstAsync(Find, reader => reader.GetString(0), cancellationToken, DataCopy.Setting);

    private const string Mark = "INSERT INTO setting (key, value) VALUES ($1, $2) ON CONFLICT DO NOTHING";

    public async Task<bool> MarkAsync(string what, CancellationToken cancellationToken) => await source.RunAsync(Mark, cancellationToken, DataCopy.Setting, what) > 0;

    private const string Remark = "INSERT INTO setting (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value";

    public Task RemarkAsync(string what, CancellationToken cancellationToken) => source.RunAsync(Remark, cancellationToken, DataCopy.Setting, what);

    private const string Unmark = "DELETE FROM setting WHERE key = $1";

    public Task UnmarkAsync(CancellationToken cancellationToken) => source.RunAsync(Unmark, cancellationToken, DataCopy.Setting);

    // Above all that was written: after a logical restore those are another server's transactions, whose ids may be far ahead of this one's.
    private static readonly string Leap = PostgresFeedBase.Raise($"""
        greatest(
            pg_snapshot_xmax(pg_current_snapshot())::text::bigint + {PostgresFeedBase.Current},
            coalesce((SELECT max(last.feed) FROM team CROSS JOIN LATERAL (
                SELECT job_event.feed::text::bigint AS feed FROM job_event WHERE job_event.team = team.id ORDER BY job_event.feed DESC LIMIT 1) AS last), 0)) + {DataCopy.Leap}
        """, andPruned: true);

    public Task LeapAsync(CancellationToken cancellationToken) => source.RunAsync(Leap, cancellationToken);
}

/// <summary>
/// The base of the feed's places. A row's place is its transaction's id plus the base, so that places go on rising when the data
/// comes to a server whose ids are lower than the places it brings. It stands in a setting, and in the column's default for
/// nodes of a version that writes no place of its own; both change together.
/// </summary>
internal static class PostgresFeedBase
{
    private const string Setting = "feed_base";

    /// <summary>The base in force, for use in a statement.</summary>
    public const string Current = $"coalesce((SELECT value::bigint FROM setting WHERE key = '{Setting}'), 0)";

    /// <summary>The place of this transaction, for use in a statement. A subquery, so that it is made once.</summary>
    public const string Place = $"(SELECT (pg_current_xact_id()::text::bigint + {Current})::text::xid8)";

    /// <summary>The place below which nothing can be written any more, for use in a statement. A subquery, so that it is made once.</summary>
    public const string Settled = $"(SELECT (pg_snapshot_xmin(pg_current_snapshot())::text::bigint + {Current})::text::xid8)";

    /// <summary>The statement that sets the base.</summary>
    /// <param name="expression">What to, in SQL.</param>
    /// <param name="andPruned">Whether all before it counts as missed by its readers.</param>
    public static string Raise(string expression, bool andPruned) => $"""
        DO $$
        DECLARE base bigint := {expression};
        BEGIN
            INSERT INTO setting (key, value) VALUES ('{Setting}', base::text) ON CONFLICT (key) DO UPDATE SET value = excluded.value;
            {(andPruned ? "INSERT INTO setting (key, value) VALUES ('feed_pruned', base::text) ON CONFLICT (key) DO UPDATE SET value = excluded.value;" : "")}
            EXECUTE format('ALTER TABLE job_event ALTER COLUMN feed SET DEFAULT (pg_current_xact_id()::text::bigint + %s)::text::xid8', base);
        END $$
        """;
}
