using Gateway.Engine.Storage;
using Npgsql;

namespace Gateway.Storage.Postgres;

/// <summary>
/// The server keeps itself; what it cannot do anything about is a transaction that stays open. Until it ends no dead version of a
/// hot row is removed, whoever has it and in whatever it reads.
/// </summary>
internal sealed class PostgresUpkeepStore(NpgsqlDataSource source) : IUpkeepStore
{
    /// <summary>The gateway's own transactions take milliseconds, a backup minutes.</summary>
    public TimeSpan Long { get; init; } = TimeSpan.FromMinutes(10);

    // A snapshot (backend_xmin) holds vacuum back in its own database, a write (backend_xid) in all. Of others' sessions a role
    // without pg_read_all_stats sees no start: those are not told of.
    private const string Held = """
        SELECT format('%s %s of %s in database %s has had a transaction open for %s min', kind, name, role, database, floor(extract(epoch
            FROM clock_timestamp() - since) / 60))
        FROM (
            SELECT 'session' AS kind, pid::text AS name, usename::text AS role, datname::text AS database, xact_start AS since
                FROM pg_stat_activity
            WHERE (backend_xid IS NOT NULL OR (backend_xmin IS NOT NULL AND datname = current_database()))
                AND backend_type = 'client backend'
            UNION ALL
            SELECT 'prepared transaction', gid, owner::text, database::text, prepared FROM pg_prepared_xacts) AS open
        WHERE since < clock_timestamp() - $1::interval
        ORDER BY since LIMIT 5
        """;

    public async Task<IReadOnlyList<string>> KeepAsync(CancellationToken cancellationToken) =>
        [.. (await source.ListAsync(Held, reader => reader.GetString(0), cancellationToken, Long))
            .Select(held => $"{held}: no dead row version can be removed until it ends, and hot rows get slow.")];
}
