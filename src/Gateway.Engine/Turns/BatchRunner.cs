using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Gateway.Engine.Turns;

/// <summary>
/// Runs turns in batches: all turns that arrive while a commit is in flight form the next transaction. The only writer of
/// grain rows. Rules T1–T8 are its specification.
/// </summary>
internal sealed partial class BatchRunner(
    ITurnStore store,
    NodeIdentity node,
    BatchOptions options,
    TimeProvider time,
    ILogger<BatchRunner> logger,
    LockPlan plan)
{
    private const int TriesAtConflict = 4;
    private const int TriesAtLoss = 3;

    private readonly TurnQueue _queue = new(options);
    private readonly List<IBatchObserver> _observers = [];
    private volatile bool _storeIsLost;
    private volatile bool _stopping;
    private volatile bool _fenced;

    /// <summary>The incarnation that owns what this runner grants.</summary>
    public string Owner => node.Incarnation;

    /// <summary>Called once when the store says that this incarnation is no longer live.</summary>
    public event Action? Fenced;

    /// <summary>Whether the store took the last batch; false turns readiness off.</summary>
    public bool IsStoreReachable => !_storeIsLost && !_fenced;

    public int Waiting => _queue.Count + (plan.Waiting?.Waiting ?? 0);

    /// <summary>Batches committed and turns run in them, for metrics and benchmarks.</summary>
    public (long Batches, long Turns) Committed => (Interlocked.Read(ref _batches), Interlocked.Read(ref _turns));

    private long _batches;
    private long _turns;

    /// <summary>Adds an observer; before the loop starts.</summary>
    public void Observe(IBatchObserver observer)
    {
        var shared = plan.Waiting is null ? observer : new SerialObserver(observer);
        _observers.Add(shared);
        plan.Waiting?._observers.Add(shared);
    }

    /// <summary>Runs a turn and answers after its commit (T3).</summary>
    /// <exception cref="StoreUnavailableException">The admission queue is full, or the store is gone.</exception>
    public async Task<TResult> RunAsync<TResult>(Turn<TResult> turn, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_closed is { } closed) throw new StoreUnavailableException(closed);
        if (turn.Class == TurnClass.Admission && _stopping) throw new StoreUnavailableException(Stopping);
        if (turn.Class == TurnClass.Admission && _storeIsLost) throw new StoreUnavailableException("The database cannot be reached.");
        if (!_queue.TryAdd(turn))
            throw new StoreUnavailableException($"More than {options.MaxAdmissions} requests are waiting for the database.");
        if (_closed is { } meanwhile) turn.Abandon(new StoreUnavailableException(meanwhile)); // nobody looks into the queue any more

        if (!cancellationToken.CanBeCanceled) return await turn.Answered;
        await using var leave = cancellationToken.UnsafeRegister(static (left, token) => ((Turn<TResult>)left!).Leave(token), turn);
        return await turn.Answered;
    }

    /// <summary>Queues an obligation nobody waits for.</summary>
    public void Oblige(Turn turn)
    {
        Debug.Assert(turn.Class == TurnClass.Obligation, "Only obligations may go unanswered.");
        _queue.TryAdd(turn);
    }

    /// <summary>Runs batches until told to stop, then the obligations that are left. Whoever still waits at its end is told.</summary>
    public async Task LoopAsync(CancellationToken stopping)
    {
        using var ended = new CancellationTokenSource();
        var waits = WaitOnAsync(ended.Token);
        try
        {
            if (store.IsSynchronous) await OwnThread.RunAsync("batch runner", () => Loop(stopping));
            else await LoopFreelyAsync(stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            _stopping = true;
            await DrainAsync();
        }
        finally
        {
            Close(Stopping);
            await ended.CancelAsync(); // after the last batch here, which may have sent turns there
            await waits;
        }
    }

    private async Task LoopFreelyAsync(CancellationToken stopping)
    {
        while (!_fenced)
        {
            if (_storeIsLost) await ReachStoreAsync(stopping);
            await _queue.WaitAsync(stopping);
            await RunBatchAsync(stopping);
        }
    }

    // On a thread of its own, which may block: batches of a synchronous store end on it but for the pause after a failure.
    private void Loop(CancellationToken stopping)
    {
        while (!_fenced)
        {
            if (_storeIsLost) ReachStoreAsync(stopping).GetAwaiter().GetResult();
            _queue.Wait(stopping);
            RunBatchAsync(stopping).GetAwaiter().GetResult();
        }
    }

    /// <summary>Runs one batch of what is waiting. Tests call it to own the interleaving.</summary>
    public async Task RunBatchAsync(CancellationToken cancellationToken)
    {
        var turns = _queue.Take();
        if (turns.Count == 0) return;
        _first = turns[0];
        await RunTurnsAsync(turns, cancellationToken);
        _first = null;
    }

    private async Task RunTurnsAsync(List<Turn> turns, CancellationToken cancellationToken)
    {
        for (var tries = 1; ; tries++)
        {
            var transaction = new Transaction();
            try
            {
                await RunTransactionAsync(turns, transaction);
            }
            catch (StoreException failure) when (failure.Failure == StoreFailure.Fenced)
            {
                Fence(turns);
                return;
            }
            catch (StoreException failure) when (failure.Failure == StoreFailure.Lost)
            {
                LogStoreLost(failure);
                var doubt = await ResolveDoubtAsync(transaction, tries, turns, cancellationToken);
                if (doubt == Doubt.RunAgain) continue;
                if (doubt == Doubt.GivenUp) return;
            }
            catch (Exception failure) // refused, in the way, or a row or value that cannot be read or written at all
            {
                await TryRollbackAsync();
                if (failure is StoreException { Failure: StoreFailure.Conflict or StoreFailure.Taken } && tries < TriesAtConflict) continue;
                if (failure is StoreException { Failure: StoreFailure.Slow }) turns = Owed(turns, failure);
                if (failure is StoreException { Failure: StoreFailure.Busy } busy && plan.WaitsForFirstAlone) PostponeFirst(turns, busy);
                else await BisectAsync(turns, failure, cancellationToken);
                return;
            }

            Answer(transaction);
            return;
        }
    }

    // Where even the rollback fails the connection is gone, and with it the transaction; the next try reopens.
    private async Task TryRollbackAsync()
    {
        try
        {
            await store.RollbackAsync(CancellationToken.None);
        }
        catch (StoreException failure)
        {
            LogStoreLost(failure);
        }
    }

    // Never cancelled half-way: statement time-outs bound it, and its callers must learn what became of their turns.
    private async Task RunTransactionAsync(List<Turn> turns, Transaction transaction)
    {
        var loaded = await store.BeginAsync(plan.Rows(turns), CancellationToken.None);
        SetAside(turns, loaded.Held);
        transaction.Number = loaded.BatchNumber;
        transaction.Batch = new BatchState(node.Incarnation, loaded);
        Decide(turns, transaction);

        // Refusals alone need no durable write.
        if (transaction.Batch.Changes.IsEmpty)
        {
            await store.RollbackAsync(CancellationToken.None);
            return;
        }

        transaction.IsCommitting = true;
        await store.CommitAsync(transaction.Batch.Changes, CancellationToken.None);
    }

    // The clock is looked at every 16 turns: a turn takes microseconds.
    private void Decide(List<Turn> turns, Transaction transaction)
    {
        var started = time.GetTimestamp();
        for (var i = 0; i < turns.Count; i++)
        {
            if (i % 16 == 15 && time.GetElapsedTime(started) > options.MaxDeciding)
            {
                _queue.PutBack(turns[i..]);
                turns.RemoveRange(i, turns.Count - i);
                break;
            }

            if (!turns[i].Execute(transaction.Batch!)) LogTurnThrew(turns[i].GetType().Name);
        }

        transaction.Ran = turns;
    }

    private void Answer(Transaction transaction)
    {
        _storeIsLost = false;
        Interlocked.Increment(ref _batches);
        Interlocked.Add(ref _turns, transaction.Ran.Count);

        if (!transaction.Batch!.Changes.IsEmpty)
        {
            var commit = BatchCommit.Of(transaction.Batch);
            foreach (var observer in _observers) observer.Committed(commit);
        }

        foreach (var turn in transaction.Ran)
            if (turn.Answer() is { } compensation) Oblige(compensation);
    }

    /// <summary>How far one transaction came.</summary>
    private sealed class Transaction
    {
        public long Number { get; set; }

        public BatchState? Batch { get; set; }

        public bool IsCommitting { get; set; }

        public List<Turn> Ran { get; set; } = [];
    }
}
