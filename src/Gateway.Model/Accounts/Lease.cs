using System.Text.Json.Serialization;
using Gateway.Model.Ids;
using Gateway.Model.Kinds;

namespace Gateway.Model.Accounts;

/// <summary>
/// One taken slot of an account, from dispatch to the provider's terminal answer (L1, L4).
/// </summary>
/// <param name="Id">Used once.</param>
/// <param name="Owner">The node incarnation that runs the operation; adoption changes it, nothing else (L5).</param>
/// <param name="Kind">What runs on the slot.</param>
/// <param name="Job">The job, or null for a call.</param>
/// <param name="Attempt">The job's attempt; 0 for a call.</param>
/// <param name="Reserved">Credits held until the lease settles (C1).</param>
/// <param name="Day">The ledger day the reservation was made on; it settles there (C2).</param>
/// <param name="Since">When the slot was taken.</param>
/// <param name="HardEnd">When the slot is freed whatever the upstream says (L4).</param>
/// <param name="TaskId">The upstream's task, once known: the poller needs no other row to poll.</param>
/// <param name="Operation">Which of the kind's operations; it says how a poll is asked and read.</param>
/// <param name="Family">What the vendor counts it under (Q7); null where it has no pace.</param>
/// <param name="Team">The team whose limits it counts against; null for a team without.</param>
/// <param name="Holder">Whose work runs on it; null on a lease of an older version.</param>
/// <param name="HasBegun">The upstream works on it without a task: the first of a streamed answer has come.</param>
internal sealed record Lease(
    LeaseId Id,
    string Owner,
    JobKind Kind,
    JobId? Job,
    int Attempt,
    long Reserved,
    DateOnly Day,
    DateTimeOffset Since,
    DateTimeOffset HardEnd,
    string? TaskId = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] WorkOperation Operation = WorkOperation.Plain,
    string? Family = null,
    TeamId? Team = null,
    TeamId? Holder = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool HasBegun = false)
{
    [JsonIgnore]
    public bool IsCall => Job is null;

    /// <summary>A job's request on which no upstream has said that it works: it is being sent, or nobody knows what became of it.</summary>
    [JsonIgnore]
    public bool IsUnanswered => Job is not null && TaskId is null && !HasBegun;

    public bool HasLapsed(DateTimeOffset now) => now >= HardEnd;
}
