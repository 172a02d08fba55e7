using Gateway.Grains.Storage.Postgres;
using Gateway.Grains.Storage.Sqlite;

namespace Gateway.Grains.Storage;

/// <summary>A table that was moved, and how many rows both databases counted in it.</summary>
internal sealed record MovedTable(string Name, long Rows);

/// <summary>
/// Moves everything from SQLite to an empty PostgreSQL (S5): jobs with their ids, bodies and events, leases, charges, secrets as
/// they are sealed. What ran goes on there. The data directory is marked, so that no job has two lives.
/// </summary>
internal sealed class DatabaseMove(SqliteDatabase from, PostgresDatabase to)
{
    private const string Begun = "data whose move to PostgreSQL was begun and not ended";
    private const string Moved = "data that was moved to PostgreSQL";

    private readonly SqliteCopyStore _marks = new(from);

    /// <summary>Moves all, or nothing. The caller has the data directory's lock.</summary>
    /// <exception cref="GatewaySetupException">The target is not empty, or the source is a copy that nobody took up.</exception>
    public async Task<IReadOnlyList<MovedTable>> RunAsync(CancellationToken cancellationToken)
    {
        SqliteMigrations.Run(from);
        // A move that died may run again; whether it died before its commit, the target knows.
        if (await _marks.FindMarkAsync(cancellationToken) is { } mark && mark != Begun)
            throw new GatewaySetupException($"This data is {mark}. To move it all the same, start the gateway on it once with --restored and stop it.");

        await using var import = await PostgresImport.BeginAsync(to, cancellationToken);
        await _marks.UnmarkAsync(cancellationToken);
        var moved = await CopyAsync(import, cancellationToken);

        // Before the commit: better data that must be taken up again than data that lives twice.
        await _marks.MarkAsync(Begun, cancellationToken);
        await import.CommitAsync(cancellationToken);
        await _marks.UnmarkAsync(cancellationToken);
        await _marks.MarkAsync(Moved, cancellationToken);
        return moved;
    }

    private async Task<IReadOnlyList<MovedTable>> CopyAsync(PostgresImport import, CancellationToken cancellationToken)
    {
        using var export = new SqliteExport(from);
        List<MovedTable> moved = [];
        foreach (var (table, columns) in import.Columns)
        {
            await import.CopyAsync(table, export.Rows(table, [.. columns.Select(column => column.Name)]), cancellationToken);
            var (before, after) = (export.Count(table), await import.CountAsync(table, cancellationToken));
            moved.Add(before == after ? new MovedTable(table, after) : throw new IOException($"'{table}' had {before} rows and has {after}; nothing was moved."));
        }

        await import.GoOnAfterAsync(export.FeedHead, cancellationToken);
        return moved;
    }
}
