using Gateway.Model.Ids;

namespace Gateway.Engine.Turns;

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
