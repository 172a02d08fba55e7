namespace Gateway.Storage.Postgres;

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

    /// <summary>
    /// The place below which nothing can be written any more, for use in a statement. A subquery, so that it is made once.
    /// </summary>
    public const string Settled = $"(SELECT (pg_snapshot_xmin(pg_current_snapshot())::text::bigint + {Current})::text::xid8)";

    private const string MarkPruned =
        "INSERT INTO setting (key, value) VALUES ('feed_pruned', base::text) ON CONFLICT (key) DO UPDATE SET value = excluded.value;";

    /// <summary>The statement that sets the base.</summary>
    /// <param name="expression">What to, in SQL.</param>
    /// <param name="andPruned">Whether all before it counts as missed by its readers.</param>
    public static string Raise(string expression, bool andPruned) => $"""
        DO $$
        DECLARE base bigint := {expression};
        BEGIN
            INSERT INTO setting (key, value) VALUES ('{Setting}', base::text) ON CONFLICT (key) DO UPDATE SET value = excluded.value;
            {(andPruned ? MarkPruned : "")}
            EXECUTE format('ALTER TABLE job_event ALTER COLUMN feed SET DEFAULT (pg_current_xact_id()::text::bigint + %s)::text::xid8',
                base);
        END $$
        """;
}
