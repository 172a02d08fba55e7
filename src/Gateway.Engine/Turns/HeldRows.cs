using Gateway.Model.Ids;

namespace Gateway.Engine.Turns;

/// <summary>Rows that were to be taken only when they are free, and were not.</summary>
internal sealed record HeldRows(IReadOnlySet<AccountId> Accounts, IReadOnlySet<JobId> Jobs)
{
    public static readonly HeldRows None = new(new HashSet<AccountId>(), new HashSet<JobId>());

    /// <summary>Which row of the turn it is, if any. The job counts first: no other account helps it.</summary>
    public HeldRow? Of(Turn turn) =>
        turn.Job is { } job && Jobs.Contains(job) ? HeldRow.Job
        : turn.Account is { } account && Accounts.Contains(account) ? HeldRow.Account
        : null;
}
