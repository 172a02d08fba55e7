using Gateway.Model.Accounts;
using Gateway.Model.Jobs;

namespace Gateway.Engine.Jobs;

/// <summary>What a dispatch answered.</summary>
/// <param name="Job">The job as it is now; null when it is gone, or in another node's hands.</param>
/// <param name="Lease">The lease, when it was dispatched.</param>
/// <param name="Refusal">The account's refusal; null when the job was no longer queued.</param>
/// <param name="Account">The account that granted the lease, as it is now: whoever proposed it may have known an older credential or
/// host.</param>
internal sealed record DispatchResult(JobState? Job, Lease? Lease, Refusal? Refusal, AccountState? Account = null);
