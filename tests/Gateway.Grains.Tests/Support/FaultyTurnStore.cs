using Gateway.Engine.Turns;

namespace Gateway.Grains.Tests.Support;

/// <summary>A turn store with hooks around its calls; a hook that throws is the fault.</summary>
internal sealed class FaultyTurnStore(ITurnStore inner) : ITurnStore
{
    public Func<Task> BeforeBegin { get; set; } = Nothing;

    public Func<Task> BeforeCommit { get; set; } = Nothing;

    public Func<Task> AfterCommit { get; set; } = Nothing;

    public Func<Task> BeforeRollback { get; set; } = Nothing;

    public Func<Task> BeforeReopen { get; set; } = Nothing;

    /// <summary>How often it was begun: batches tried, successful or not.</summary>
    public int Begun { get; private set; }

    public int Reopened { get; private set; }

    public bool IsSynchronous => inner.IsSynchronous;

    public static Task Nothing() => Task.CompletedTask;

    /// <summary>A hook that runs once.</summary>
    public static Func<Task> Once(Func<Task> hook) => Times(1, hook);

    public static Func<Task> Times(int times, Func<Task> hook) => () => times-- > 0 ? hook() : Task.CompletedTask;

    public static Func<Task> Throw(StoreFailure failure) =>
        () => Task.FromException(new StoreException(failure, $"made by the test: {failure}"));

    public async ValueTask<LoadedRows> BeginAsync(RowSet rows, CancellationToken cancellationToken)
    {
        Begun++;
        await BeforeBegin();
        return await inner.BeginAsync(rows, cancellationToken);
    }

    public async ValueTask CommitAsync(BatchChanges changes, CancellationToken cancellationToken)
    {
        await BeforeCommit();
        await inner.CommitAsync(changes, cancellationToken);
        await AfterCommit();
    }

    public async ValueTask RollbackAsync(CancellationToken cancellationToken)
    {
        await BeforeRollback();
        await inner.RollbackAsync(cancellationToken);
    }

    public async ValueTask<long> ReopenAsync(CancellationToken cancellationToken)
    {
        Reopened++;
        await BeforeReopen();
        return await inner.ReopenAsync(cancellationToken);
    }

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
