namespace Gateway.Engine.Turns;

/// <summary>
/// Which rows a batch waits for (T4). The others it takes only where nobody holds them, after all waits: whoever holds such a
/// row waits for nothing any more, so no circle of waits can close.
/// </summary>
internal abstract class LockPlan
{
    /// <summary>For the only connection there is.</summary>
    public static readonly LockPlan WaitForAll = new All();

    /// <summary>The runner that waits for rows this one found taken; null when this one does itself.</summary>
    public virtual BatchRunner? Waiting => null;

    /// <summary>Whether a lock that is not had in time is the first turn's alone.</summary>
    public virtual bool WaitsForFirstAlone => false;

    public abstract RowSet Rows(IReadOnlyList<Turn> turns);

    private sealed class All : LockPlan
    {
        public override RowSet Rows(IReadOnlyList<Turn> turns)
        {
            var rows = new RowSet();
            foreach (var turn in turns) rows.Add(turn);
            return rows;
        }
    }
}
