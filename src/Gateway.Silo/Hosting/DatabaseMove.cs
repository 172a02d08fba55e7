using Gateway.Engine.Storage;
using Gateway.Storage.Postgres;
using Gateway.Storage.Sqlite;

namespace Gateway.Silo.Hosting;

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
        var mark = await _marks.FindMarkAsync(cancellationToken);
        if (mark is not (null or Begun))
            throw new GatewaySetupException(
                $"This data is {mark}. To move it all the same, start the gateway on it once with --restored and stop it.");

        await using var import = await BeginAsync(wasBegun: mark is not null, cancellationToken);
        var moved = await CopyAsync(import, cancellationToken);

        // Before the commit: better data that must be taken up again than data that lives twice. From here on nothing is interrupted.
        await _marks.RemarkAsync(Begun, cancellationToken);
        await import.CommitAsync();
        await _marks.RemarkAsync(Moved, CancellationToken.None);
        await import.AnalyzeAsync();
        return moved;
    }

    private async Task<PostgresImport> BeginAsync(bool wasBegun, CancellationToken cancellationToken)
    {
        try
        {
            return await PostgresImport.BeginAsync(to, cancellationToken);
        }
        catch (GatewaySetupException full) when (wasBegun)
        {
            throw new GatewaySetupException(
                $"{full.Message} A move of this data was begun before: if it went to that database it may have been completed, so look " +
                    $"there first.",
                full);
        }
    }

    private async Task<IReadOnlyList<MovedTable>> CopyAsync(PostgresImport import, CancellationToken cancellationToken)
    {
        using var export = new SqliteExport(from);
        List<MovedTable> moved = [];
        foreach (var (table, columns) in import.Columns)
        {
            await import.CopyAsync(table, export.Rows(table, [.. columns.Select(column => column.Name)]), cancellationToken);
            var (before, after) = (export.Count(table), await import.CountAsync(table, cancellationToken));
            moved.Add(
                before == after
                    ? new MovedTable(table, after)
                    : throw new IOException($"'{table}' had {before} rows and has {after}; nothing was moved."));
        }

        await import.UnmarkAsync(cancellationToken); // what is marked here is not there
        await import.GoOnAfterAsync(export.FeedHead, cancellationToken);
        return moved;
    }
}
