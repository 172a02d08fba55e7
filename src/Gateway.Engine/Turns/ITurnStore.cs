namespace Gateway.Engine.Turns;

/// <summary>
/// One connection on which one batch runner takes its batches, one transaction at a time. All failures are
/// <see cref="StoreException"/>s, whose kind says what is known about the transaction.
/// </summary>
internal interface ITurnStore : IAsyncDisposable
{
    /// <summary>Whether calls end on the calling thread (SQLite); then the runner gives the store a thread of its own.</summary>
    bool IsSynchronous { get; }

    /// <summary>
    /// Begins the transaction: bumps the runner's own batch number (T6), locks the rows in the order of T4, loads what lies
    /// in them, and reads the clock after the locks (T5).
    /// </summary>
    ValueTask<LoadedRows> BeginAsync(RowSet rows, CancellationToken cancellationToken);

    /// <summary>Saves the changes and commits.</summary>
    ValueTask CommitAsync(BatchChanges changes, CancellationToken cancellationToken);

    /// <summary>Ends the transaction without a trace; a batch that changed nothing needs no durable write.</summary>
    ValueTask RollbackAsync(CancellationToken cancellationToken);

    /// <summary>Throws the connection away, opens a new one and reads the own batch number, which ends the doubt (T6).</summary>
    ValueTask<long> ReopenAsync(CancellationToken cancellationToken);
}
