namespace Gateway.Engine.Turns;

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
