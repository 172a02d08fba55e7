using Gateway.Model.Accounts;
using Gateway.Model.Ids;
using Gateway.Model.Jobs;
using Gateway.Model.Queueing;
using Gateway.Model.Teams;

namespace Gateway.Engine.Turns;

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
