using Gateway.Engine.Storage;
using Npgsql;

namespace Gateway.Storage.Postgres;

/// <summary>
/// Copies on PostgreSQL: the feed's places are transaction ids above a base, and a copy may be on a server whose ids are lower.
/// </summary>
internal sealed class PostgresCopyStore(NpgsqlDataSource source) : ICopyStore
{
    private const string Find = "SELECT value FROM setting WHERE key = $1";

    public Task<string?> FindMarkAsync(CancellationToken cancellationToken) =>
        source.FirstAsync(Find, reader => reader.GetString(0), cancellationToken, DataCopy.Setting);

    private const string Mark = "INSERT INTO setting (key, value) VALUES ($1, $2) ON CONFLICT DO NOTHING";

    public async Task<bool> MarkAsync(string what, CancellationToken cancellationToken) =>
        await source.RunAsync(Mark, cancellationToken, DataCopy.Setting, what) > 0;

    private const string Remark = "INSERT INTO setting (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value";

    public Task RemarkAsync(string what, CancellationToken cancellationToken) =>
        source.RunAsync(Remark, cancellationToken, DataCopy.Setting, what);

    private const string Unmark = "DELETE FROM setting WHERE key = $1";

    public Task UnmarkAsync(CancellationToken cancellationToken) => source.RunAsync(Unmark, cancellationToken, DataCopy.Setting);

    // Above all that was written: after a logical restore those are another server's transactions, whose ids may be far ahead of this
    // one's.
    private static readonly string Leap = PostgresFeedBase.Raise($"""
        greatest(
            pg_snapshot_xmax(pg_current_snapshot())::text::bigint + {PostgresFeedBase.Current},
            coalesce((SELECT max(last.feed) FROM team CROSS JOIN LATERAL (
                SELECT job_event.feed::text::bigint AS feed FROM job_event WHERE job_event.team = team.id ORDER BY job_event.feed DESC
                    LIMIT 1) AS last), 0)) + {DataCopy.Leap}
        """, andPruned: true);

    public Task LeapAsync(CancellationToken cancellationToken) => source.RunAsync(Leap, cancellationToken);
}
