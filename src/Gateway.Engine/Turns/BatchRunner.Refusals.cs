namespace Gateway.Engine.Turns;

// What becomes of turns whose batch the store would not take (T7).
internal sealed partial class BatchRunner
{
    // A value the database refuses fails one turn, not its neighbours (T7).
    private async Task BisectAsync(List<Turn> turns, Exception failure, CancellationToken cancellationToken)
    {
        if (turns.Count <= 1)
        {
            foreach (var turn in turns) Refuse(turn, failure);
            return;
        }

        var half = turns.Count / 2;
        await RunTurnsAsync(turns[..half], cancellationToken);
        await RunTurnsAsync(turns[half..], cancellationToken);
    }

    private void Refuse(Turn turn, Exception failure)
    {
        if (failure is StoreException { Failure: StoreFailure.Busy or StoreFailure.Slow or StoreFailure.Conflict })
        {
            Postpone(turn, failure);
            return;
        }

        // A name that is taken is its caller's to know, not the operator's.
        if (turn.Class == TurnClass.Obligation || failure is not StoreException { Failure: StoreFailure.Taken })
            LogTurnRefused(turn.GetType().Name, failure);
        if (turn.Class == TurnClass.Admission)
            turn.Abandon(Refused(failure));
        else if (++turn.SaveFailures < options.SaveFailuresThatPark)
            Oblige(turn);
        else
            Park(turn, failure);
    }

    // What was too slow for all is too slow for halves, and each would take as long again: admissions come back later.
    private static List<Turn> Owed(List<Turn> turns, Exception failure)
    {
        foreach (var turn in turns.Where(turn => turn.Class == TurnClass.Admission)) turn.Abandon(Busy(failure));
        return [.. turns.Where(turn => turn.Class == TurnClass.Obligation)];
    }

    // A lock that somebody holds for long, or a slow server, says nothing against the turn: an obligation waits on, and is never parked for
    // it.
    private void Postpone(Turn turn, Exception failure)
    {
        if (turn.Class == TurnClass.Obligation) Oblige(turn);
        else turn.Abandon(Busy(failure));
    }

    private static StoreUnavailableException Busy(Exception failure) => new("The database is too busy.", failure);

    private void Park(Turn turn, Exception failure)
    {
        LogParked(turn.GetType().Name, failure);
        turn.Abandon(Refused(failure));
        if (turn is not ParkTurn) Oblige(new ParkTurn(turn, failure.Message));
    }

    private static StoreException Refused(Exception failure) =>
        failure as StoreException ?? new StoreException(StoreFailure.Refused, failure.Message, failure);
}
