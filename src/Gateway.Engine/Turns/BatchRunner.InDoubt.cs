namespace Gateway.Engine.Turns;

// What happens when the store is lost: first the truth about the batch under way (T6), then the way back.
internal sealed partial class BatchRunner
{
    private enum Doubt
    {
        RunAgain,
        Committed,
        GivenUp,
    }

    private async Task<Doubt> ResolveDoubtAsync(Transaction transaction, int tries, List<Turn> turns, CancellationToken cancellationToken)
    {
        try
        {
            for (var reopens = 1; ; reopens++)
            {
                if (await TryReopenAsync(transaction, turns) is { } truth)
                    return truth == Doubt.RunAgain && tries >= TriesAtLoss ? GiveUp(turns) : truth;
                if (!transaction.IsCommitting) return GiveUp(turns);

                // While COMMIT is in doubt nobody may be told that it failed: its admissions wait for the truth.
                RefuseAdmissions(_queue.TakeAdmissions());
                await PauseAsync(reopens, cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            Abandon(turns);
            throw;
        }

        async Task<Doubt?> TryReopenAsync(Transaction transaction, List<Turn> turns)
        {
            try
            {
                var number = await store.ReopenAsync(cancellationToken);
                return transaction.IsCommitting && number == transaction.Number ? Doubt.Committed : Doubt.RunAgain;
            }
            catch (StoreException failure) when (failure.Failure == StoreFailure.Fenced)
            {
                Fence(turns);
                return Doubt.GivenUp;
            }
            catch (StoreException failure)
            {
                LogStoreLost(failure);
                return null;
            }
        }
    }

    // For now: what is owed goes back into the queue, and the loop looks for the store.
    private Doubt GiveUp(List<Turn> turns)
    {
        _queue.PutBack([.. turns.Where(turn => turn.Class == TurnClass.Obligation)]);
        RefuseAdmissions([.. turns.Where(turn => turn.Class == TurnClass.Admission), .. _queue.TakeAdmissions()]);
        return Doubt.GivenUp;
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

    // Only turns find out that the store is back, and while it is gone there may be none: admissions are refused.
    private async Task ReachStoreAsync(CancellationToken cancellationToken)
    {
        for (var tries = 1; _storeIsLost && !_fenced; tries++)
        {
            await PauseAsync(tries, cancellationToken);
            try
            {
                await store.ReopenAsync(cancellationToken);
                _storeIsLost = false;
            }
            catch (StoreException failure) when (failure.Failure == StoreFailure.Fenced)
            {
                Fence([]);
            }
            catch (StoreException failure)
            {
                LogStoreLost(failure);
            }
        }
    }
}
