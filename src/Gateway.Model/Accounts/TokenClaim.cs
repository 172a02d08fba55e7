using Gateway.Model.Ids;

namespace Gateway.Model.Accounts;

/// <summary>
/// Says which credential an account has from now on. The store lets no two accounts have the same one (V18): whoever is second is told
/// that it is taken, on whichever node and however close.
/// </summary>
/// <param name="Account">The account.</param>
/// <param name="Hash">The keyed hash of its credential; null when it has none of its own any more.</param>
internal sealed record TokenClaim(AccountId Account, string? Hash);
