using Gateway.Model.Accounts;
using Gateway.Model.Ids;

namespace Gateway.Engine.Jobs;

/// <summary>Where a submit would like to run at once.</summary>
/// <param name="Account">The account the router picked.</param>
/// <param name="Lease">What to ask of it.</param>
internal sealed record DirectDispatch(AccountId Account, LeaseRequest Lease);
