using Gateway.Engine.Storage;
using Gateway.Engine.Turns;
using Microsoft.Data.Sqlite;

namespace Gateway.Storage.Sqlite;

/// <summary>The batch runner's connection to SQLite: an immediate transaction per batch, prepared statements for every row.</summary>
internal sealed class SqliteTurnStore(SqliteDatabase database, NodeIdentity node, StoreClock clock) : ITurnStore
{
    private readonly AccountCache _accounts = new();
    private SqliteTurnStatements? _statements;

    public bool IsSynchronous => true;

    public ValueTask<LoadedRows> BeginAsync(RowSet rows, CancellationToken cancellationToken) => new(Guard(() => Begin(rows)));

    public ValueTask CommitAsync(BatchChanges changes, CancellationToken cancellationToken)
    {
        Guard(() =>
        {
            Save(changes);
            _statements!.Commit();
            _accounts.Committed(changes.Accounts.Values);
            return true;
        });
        return ValueTask.CompletedTask;
    }

    public ValueTask RollbackAsync(CancellationToken cancellationToken)
    {
        Guard(() => _statements?.Rollback());
        return ValueTask.CompletedTask;
    }

    public ValueTask<long> ReopenAsync(CancellationToken cancellationToken)
    {
        Close();
        return new(Guard(() => Statements().BatchNumber(node.Incarnation) ?? throw Fenced()));
    }

    public ValueTask DisposeAsync()
    {
        Close();
        return ValueTask.CompletedTask;
    }

    private LoadedRows Begin(RowSet rows)
    {
        var statements = Statements();
        statements.Begin();
        if (statements.BumpBatch(node.Incarnation) is not { } number)
        {
            statements.Rollback(); // the living wait for the file
            throw Fenced();
        }

        // Whoever writes holds the whole file: nothing here is in other hands.
        var keys = Load(rows.Keys, statements.Record);
        var accounts = Load([.. rows.Accounts, .. rows.FreeAccounts], id => statements.Account(id, _accounts));
        var jobs = Load([.. rows.Jobs, .. rows.FreeJobs], statements.Job);
        var teams = Load(rows.Teams, statements.Team);
        return new LoadedRows(clock.Read(statements.MachineNow), number, accounts, jobs, keys, teams);
    }

    private static List<TRow> Load<TKey, TRow>(IReadOnlyCollection<TKey> keys, Func<TKey, TRow?> read)
        where TRow : class
    {
        List<TRow> rows = new(keys.Count);
        foreach (var key in keys)
            if (read(key) is { } row) rows.Add(row);
        return rows;
    }

    private void Save(BatchChanges changes)
    {
        var statements = _statements!;
        foreach (var account in changes.Accounts.Values) statements.Save(account);
        foreach (var job in changes.Jobs.Values) statements.Save(job);
        foreach (var change in changes.Events) statements.Add(change);
        foreach (var message in changes.Outbox) statements.Add(message);
        foreach (var copy in changes.Copies) statements.Add(copy);
        foreach (var body in changes.Bodies) statements.Save(body);
        foreach (var charge in changes.Charges.Values) statements.Add(charge);
        foreach (var record in changes.Keys.Values) statements.Save(record);
        foreach (var (team, use) in changes.TeamUses) statements.Save(team, use);
        // after the new holds: a lease may be taken and end in one batch
        foreach (var (lease, settled) in changes.Settled) statements.Settle(lease, settled.Charged);
        foreach (var change in changes.Assets) statements.Apply(change);
        foreach (var team in changes.Teams) statements.Save(team);
        foreach (var token in changes.Tokens) statements.Save(token);
        foreach (var claim in changes.Claims) statements.Apply(claim);
        foreach (var change in changes.Pauses) statements.Apply(change);
        foreach (var entry in changes.Audit) statements.Add(entry);
        foreach (var parked in changes.Parked) statements.Add(parked);
    }

    private SqliteTurnStatements Statements() => _statements ??= new SqliteTurnStatements(database.OpenMain());

    private void Close()
    {
        _statements?.Dispose();
        _statements = null;
    }

    private StoreException Fenced() => new(StoreFailure.Fenced, $"Incarnation {node.Incarnation} is not live.");

    private static T Guard<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (SqliteException failure)
        {
            throw new StoreException(SqliteFailures.Classify(failure), failure.Message, failure);
        }
    }
}
