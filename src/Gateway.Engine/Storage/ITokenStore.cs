using Gateway.Model.Accounts;
using Gateway.Model.Ids;

namespace Gateway.Engine.Storage;

/// <summary>Who has which credential, by keyed hash. Claims are made in turns (<see cref="TokenClaim"/>).</summary>
internal interface ITokenStore
{
    /// <summary>The account that has this credential; null when none has.</summary>
    Task<AccountId?> HolderAsync(string hash, CancellationToken cancellationToken);

    /// <summary>Accounts with a credential that nobody has claimed for them: they are older than the claims.</summary>
    Task<IReadOnlyList<AccountState>> UnclaimedAsync(CancellationToken cancellationToken);

    /// <summary>Claims a credential for an account that exists; false when another has it.</summary>
    Task<bool> ClaimAsync(AccountId account, string hash, CancellationToken cancellationToken);
}
