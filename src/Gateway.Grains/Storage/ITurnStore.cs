using Gateway.Grains.Turns;

namespace Gateway.Grains.Storage;

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

/// <summary>A node's connections for turns: the one its batches run on, and where there are other nodes the one on which it waits for rows they hold (T4).</summary>
internal sealed record TurnStores(ITurnStore Batches, ITurnStore? Waiting) : IAsyncDisposable
{
    public static TurnStores Open(IGatewayStore store, NodeIdentity node) => new(store.OpenTurnStore(node), store.OpenWaitingStore(node));

    public async ValueTask DisposeAsync()
    {
        await Batches.DisposeAsync();
        if (Waiting is not null) await Waiting.DisposeAsync();
    }
}

/// <summary>What a store's failure says about the transaction it happened in.</summary>
internal enum StoreFailure
{
    /// <summary>The connection or the server is gone: before COMMIT nothing happened, during COMMIT there is doubt.</summary>
    Lost,

    /// <summary>Another transaction was in the way (deadlock): the same again, at once, may pass.</summary>
    Conflict,

    /// <summary>There is such a row already: made meanwhile, and the same again may pass, or it is a refusal.</summary>
    Taken,

    /// <summary>A lock was not had in time: the same again will pass when its holder is done.</summary>
    Busy,

    /// <summary>A statement took too long and was ended: that is the server's state, hardly one row's.</summary>
    Slow,

    /// <summary>The database refused a value or a rule: running the same again fails again.</summary>
    Refused,

    /// <summary>This incarnation is no longer live; it must not write any more (T6).</summary>
    Fenced,
}

/// <summary>A failure of the store.</summary>
internal sealed class StoreException(StoreFailure failure, string message, Exception? inner = null) : Exception(message, inner)
{
    public StoreFailure Failure => failure;
}

/// <summary>
/// The store cannot take this work now: it is gone, or the admission queue is full. Answered with 503 and Retry-After (S4).
/// </summary>
internal sealed class StoreUnavailableException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>What the operator is told besides, in one line.</summary>
    public string? Detail { get; init; }

    /// <summary>When asking again makes sense.</summary>
    public static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(2);
}
