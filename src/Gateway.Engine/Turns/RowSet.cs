using Gateway.Model.Ids;
using Gateway.Model.Jobs;

namespace Gateway.Engine.Turns;

/// <summary>
/// The rows a batch locks, in the order they are locked (T4): those it waits for, then those it takes only when they are free.
/// </summary>
internal sealed class RowSet
{
    public SortedSet<IdempotencyKey> Keys { get; } = [];

    public SortedSet<AccountId> Accounts { get; } = [];

    public SortedSet<JobId> Jobs { get; } = [];

    /// <summary>Teams with limits; the last rows that are waited for.</summary>
    public SortedSet<TeamId> Teams { get; } = [];

    public SortedSet<AccountId> FreeAccounts { get; } = [];

    public SortedSet<JobId> FreeJobs { get; } = [];

    public void Add(Turn turn) => Add(turn, waitsForAccount: true, waitsForJob: true);

    public void Add(Turn turn, bool waitsForAccount, bool waitsForJob)
    {
        if (turn.Key is { } key) Keys.Add(key);
        if (turn.Account is { } account) Add(account, waitsForAccount, Accounts, FreeAccounts);
        if (turn.Job is { } job) Add(job, waitsForJob, Jobs, FreeJobs);
        if (turn.Team is { } team) Teams.Add(team);
    }

    // What one turn waits for all wait for.
    private static void Add<T>(T row, bool waits, SortedSet<T> waited, SortedSet<T> free)
    {
        if (waits && waited.Add(row)) free.Remove(row);
        else if (!waited.Contains(row)) free.Add(row);
    }
}
