using Gateway.Model.Accounts;

namespace Gateway.Engine.Accounts;

/// <summary>What an acquire answered.</summary>
/// <param name="Account">The account as it is now; null when there is none.</param>
/// <param name="Lease">The lease, when granted.</param>
/// <param name="Refusal">Why not, otherwise.</param>
internal sealed record AcquireResult(AccountState? Account, Lease? Lease, Refusal? Refusal);
