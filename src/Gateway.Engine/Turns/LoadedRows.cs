using Gateway.Model.Accounts;
using Gateway.Model.Jobs;
using Gateway.Model.Teams;

namespace Gateway.Engine.Turns;

/// <summary>The rows as they are once locked.</summary>
internal sealed record LoadedRows(
    DateTimeOffset Now,
    long BatchNumber,
    IReadOnlyList<AccountState> Accounts,
    IReadOnlyList<JobState> Jobs,
    IReadOnlyList<IdempotencyRecord> Keys,
    IReadOnlyList<LockedTeam> Teams)
{
    public HeldRows Held { get; init; } = HeldRows.None;
}
