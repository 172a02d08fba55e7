using Gateway.Grains.Accounts;
using Gateway.Grains.Jobs;
using Gateway.Grains.Routing;
using Gateway.Grains.Teams;

namespace Gateway.Grains.Turns;

/// <summary>What a committed batch changed, with the versions the rows have now.</summary>
internal sealed record BatchCommit(
    DateTimeOffset Now,
    IReadOnlyCollection<AccountState> Accounts,
    IReadOnlyCollection<JobState> Jobs,
    IReadOnlyCollection<JobEvent> Events)
{
    /// <summary>The batch's accounts as their rows were before; what is not among them is new.</summary>
    public IReadOnlyList<AccountState> Before { get; init; } = [];

    public IReadOnlyCollection<TeamState> Teams { get; init; } = [];

    /// <summary>Teams with limits that use less than before.</summary>
    public IReadOnlyCollection<TeamId> ReleasedBy { get; init; } = [];

    public IReadOnlyCollection<PauseChange> Pauses { get; init; } = [];

    public IReadOnlyCollection<AuditEntry> Audit { get; init; } = [];

    public static BatchCommit Of(BatchState batch) => new(
        batch.Now,
        [.. batch.Changes.Accounts.Values.Select(account => account with { Version = account.Version + 1 })],
        [.. batch.Changes.Jobs.Values.Select(job => job with { Version = job.Version + 1 })],
        batch.Changes.Events)
    {
        Before = batch.Before,
        Teams = batch.Changes.Teams,
        ReleasedBy = batch.Changes.Settled.Count == 0 ? [] : [.. batch.Changes.Settled.Values.Select(settled => settled.Team).Distinct()],
        Pauses = batch.Changes.Pauses,
        Audit = batch.Changes.Audit,
    };
}

/// <summary>
/// Learns of committed batches, before their callers are answered. Called on the runner's own thread: it must be quick,
/// must not wait and must not throw.
/// </summary>
internal interface IBatchObserver
{
    void Committed(BatchCommit commit);
}

/// <summary>Tells an observer one commit at a time, where a node has two runners.</summary>
internal sealed class SerialObserver(IBatchObserver observer) : IBatchObserver
{
    private readonly Lock _lock = new();

    public void Committed(BatchCommit commit)
    {
        lock (_lock) observer.Committed(commit);
    }
}
