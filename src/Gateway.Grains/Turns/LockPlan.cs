using Gateway.Grains.Accounts;
using Gateway.Grains.Routing;

namespace Gateway.Grains.Turns;

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

/// <summary>
/// With several nodes: waits for the accounts homed here, which others leave alone, and for keys. Jobs have no home: two nodes
/// that want one want the same done.
/// </summary>
internal sealed class WaitForHomes(Homes homes, BatchRunner waiting) : LockPlan
{
    public override BatchRunner Waiting => waiting;

    public override RowSet Rows(IReadOnlyList<Turn> turns)
    {
        var rows = new RowSet();
        foreach (var turn in turns) rows.Add(turn, turn.Account is { } account && MayWaitFor(account), waitsForJob: false);
        return rows;
    }

    // The account that the other connection holds while it waits is as good as another node's.
    private bool MayWaitFor(AccountId account) => homes.Has(account) && waiting.WaitsWith != account;
}

/// <summary>
/// On the connection that waits: for the rows of one turn at a time, so that one lock which is held for long delays no other
/// turn by more than its time-out.
/// </summary>
internal sealed class WaitForFirst : LockPlan
{
    public override bool WaitsForFirstAlone => true;

    public override RowSet Rows(IReadOnlyList<Turn> turns)
    {
        var rows = new RowSet();
        for (var i = 0; i < turns.Count; i++) rows.Add(turns[i], waitsForAccount: i == 0, waitsForJob: i == 0);
        return rows;
    }
}
