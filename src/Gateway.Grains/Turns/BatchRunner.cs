using System.Diagnostics;
using Gateway.Grains.Storage;
using Microsoft.Extensions.Logging;

namespace Gateway.Grains.Turns;

/// <summary>
/// Runs turns in batches: all turns that arrive while a commit is in flight form the next transaction. The only writer of
/// grain rows. Rules T1–T8 are its specification.
/// </summary>
internal sealed partial class BatchRunner(
    ITurnStore store,
    NodeIdentity node,
    BatchOptions options,
    TimeProvider time,
    ILogger<BatchRunner> logger)
{
    private const int TriesAtConflict = 4;

    private readonly TurnQueue _queue = new(options);
    private readonly List<IBatchObserver> _observers = [];
    private volatile bool _storeIsLost;
    private volatile bool _fenced;

    /// <summary>The incarnation that owns what this runner grants.</summary>
    public string Owner => node.Incarnation;

    /// <summary>Called once when the store says that this incarnation is no longer live.</summary>
    public event Action? Fenced;

    /// <summary>Whether the store took the last batch; false turns readiness off.</summary>
    public bool IsStoreReachable => !_storeIsLost && !_fenced;

    public int Waiting => _queue.Count;

    /// <summary>Batches committed and turns run in them, for metrics and benchmarks.</summary>
    public (long Batches, long Turns) Committed => (Interlocked.Read(ref _batches), Interlocked.Read(ref _turns));

    private long _batches;
    private long _turns;

    /// <summary>Adds an observer; before the loop starts.</summary>
    public void Observe(IBatchObserver observer) => _observers.Add(observer);

    /// <summary>Runs a turn and answers after its commit (T3).</summary>
    /// <exception cref="StoreUnavailableException">The admission queue is full, or the store is gone.</exception>
    public async Task<TResult> RunAsync<TResult>(Turn<TResult> turn, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_fenced) throw FencedOff();
        if (turn.Class == TurnClass.Admission && _storeIsLost) throw new StoreUnavailableException("The database cannot be reached.");
        if (!_queue.TryAdd(turn)) throw new StoreUnavailableException($"More than {options.MaxAdmissions} requests are waiting for the database.");

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

    /// <summary>Runs batches until told to stop, then the obligations that are left.</summary>
    public async Task LoopAsync(CancellationToken stopping)
    {
        try
        {
            if (store.IsSynchronous) await OwnThread.RunAsync("batch runner", () => Loop(stopping));
            else await LoopFreelyAsync(stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            await DrainAsync();
        }
    }

    private async Task LoopFreelyAsync(CancellationToken stopping)
    {
        while (!_fenced)
        {
            await _queue.WaitAsync(stopping);
            await RunBatchAsync(stopping);
        }
    }

    // On a thread of its own, which may block: batches of a synchronous store end on it but for the pause after a failure.
    private void Loop(CancellationToken stopping)
    {
        while (!_fenced)
        {
            _queue.Wait(stopping);
            RunBatchAsync(stopping).GetAwaiter().GetResult();
        }
    }

    /// <summary>Runs one batch of what is waiting. Tests call it to own the interleaving.</summary>
    public async Task RunBatchAsync(CancellationToken cancellationToken)
    {
        var turns = _queue.Take();
        if (turns.Count > 0) await RunTurnsAsync(turns, cancellationToken);
    }

    // What was promised is written down before the process ends: one pass, not a wait for a lost database.
    private async Task DrainAsync()
    {
        while (!_fenced && !_storeIsLost && _queue.Count > 0) await RunBatchAsync(CancellationToken.None);
    }

    private async Task RunTurnsAsync(List<Turn> turns, CancellationToken cancellationToken)
    {
        for (var tries = 1; ; tries++)
        {
            var transaction = new Transaction();
            try
            {
                await RunTransactionAsync(turns, transaction);
                Answer(transaction);
                return;
            }
            catch (StoreException failure) when (failure.Failure is StoreFailure.Refused or StoreFailure.Conflict)
            {
                if (!await TryRollbackAsync()) continue;
                if (failure.Failure == StoreFailure.Conflict && tries < TriesAtConflict) continue;
                await BisectAsync(turns, failure, cancellationToken);
                return;
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
                if (doubt == Doubt.Committed) Answer(transaction);
                if (doubt != Doubt.RunAgain) return;
            }
        }
    }

    // Where even the rollback fails the connection is gone, and with it the transaction; the next try reopens.
    private async Task<bool> TryRollbackAsync()
    {
        try
        {
            await store.RollbackAsync(CancellationToken.None);
            return true;
        }
        catch (StoreException failure)
        {
            LogStoreLost(failure);
            return false;
        }
    }

    // Never cancelled half-way: statement time-outs bound it, and its callers must learn what became of their turns.
    private async Task RunTransactionAsync(List<Turn> turns, Transaction transaction)
    {
        var rows = new RowSet();
        foreach (var turn in turns) rows.Add(turn);

        var loaded = await store.BeginAsync(rows, CancellationToken.None);
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

    // A stop while the database is gone: nobody is left to tell later.
    private static void Abandon(List<Turn> turns)
    {
        foreach (var turn in turns) turn.Abandon(new StoreUnavailableException("The gateway is stopping."));
    }

    // A value the database refuses fails one turn, not its neighbours (T7).
    private async Task BisectAsync(List<Turn> turns, StoreException failure, CancellationToken cancellationToken)
    {
        if (turns.Count == 1)
        {
            Refuse(turns[0], failure);
            return;
        }

        var half = turns.Count / 2;
        await RunTurnsAsync(turns[..half], cancellationToken);
        await RunTurnsAsync(turns[half..], cancellationToken);
    }

    private void Refuse(Turn turn, StoreException failure)
    {
        LogTurnRefused(turn.GetType().Name, failure);
        if (turn.Class == TurnClass.Admission)
            turn.Abandon(failure);
        else if (++turn.SaveFailures < options.SaveFailuresThatPark)
            Oblige(turn);
        else
            Park(turn, failure);
    }

    private void Park(Turn turn, StoreException failure)
    {
        LogParked(turn.GetType().Name, failure);
        turn.Abandon(failure);
        if (turn is not ParkTurn) Oblige(new ParkTurn(turn, failure.Message));
    }

    private void Fence(List<Turn> turns)
    {
        if (_fenced) return;
        _fenced = true;
        LogFenced(node.Incarnation);
        foreach (var turn in turns.Concat(_queue.TakeAdmissions())) turn.Abandon(FencedOff());
        Fenced?.Invoke();
    }

    private StoreUnavailableException FencedOff() => new($"Incarnation {node.Incarnation} is no longer live; this process is stopping.");

    private enum Doubt
    {
        RunAgain,
        Committed,
        GivenUp,
    }

    private async Task<Doubt> ResolveDoubtAsync(Transaction transaction, int tries, List<Turn> turns, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                var number = await store.ReopenAsync(cancellationToken);
                if (transaction.IsCommitting && number == transaction.Number) return Doubt.Committed;
                if (tries < 3) return Doubt.RunAgain;
            }
            catch (StoreException failure) when (failure.Failure == StoreFailure.Fenced)
            {
                Fence(turns);
                return Doubt.GivenUp;
            }
            catch (StoreException failure)
            {
                LogStoreLost(failure);
            }
            catch (OperationCanceledException)
            {
                Abandon(turns);
                throw;
            }

            // While COMMIT is in doubt nobody may be told that it failed: its admissions wait for the truth.
            if (!transaction.IsCommitting)
            {
                GiveUp(turns);
                await PauseAsync(tries, cancellationToken);
                return Doubt.GivenUp;
            }

            RefuseAdmissions(_queue.TakeAdmissions());
            await PauseAsync(tries++, cancellationToken);
        }
    }

    private void GiveUp(List<Turn> turns)
    {
        _queue.PutBack([.. turns.Where(turn => turn.Class == TurnClass.Obligation)]);
        RefuseAdmissions([.. turns.Where(turn => turn.Class == TurnClass.Admission), .. _queue.TakeAdmissions()]);
    }

    private void RefuseAdmissions(List<Turn> turns)
    {
        _storeIsLost = true;
        foreach (var turn in turns) turn.Abandon(new StoreUnavailableException("The database cannot be reached."));
    }

    private Task PauseAsync(int tries, CancellationToken cancellationToken)
    {
        var pause = TimeSpan.FromMilliseconds(Math.Min(50 * Math.Pow(2, Math.Min(tries, 10)), options.MaxReopenPause.TotalMilliseconds));
        return Task.Delay(pause, time, cancellationToken);
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
