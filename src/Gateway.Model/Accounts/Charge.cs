using Gateway.Model.Ids;
using Gateway.Model.Kinds;

namespace Gateway.Model.Accounts;

/// <summary>One line of the charge table; the lease id is its primary key, so a lease is charged once (C4).</summary>
internal sealed record Charge(
    LeaseId Lease, AccountId Account, DateOnly Day, JobKind Kind, long Reserved, long Charged, JobId? Job, DateTimeOffset At);
