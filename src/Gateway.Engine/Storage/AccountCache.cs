using Gateway.Model.Accounts;
using Gateway.Model.Ids;

namespace Gateway.Engine.Storage;

/// <summary>
/// The accounts as one runner last saw them. A row's version decides: equal means the parsed state is still the row's, so
/// only rows that somebody else changed are parsed again. Never a substitute for the lock.
/// </summary>
internal sealed class AccountCache
{
    private readonly Dictionary<AccountId, AccountState> _accounts = [];

    public AccountState Read(AccountId id, long version, Func<string> json)
    {
        if (_accounts.TryGetValue(id, out var known) && known.Version == version) return known;
        return _accounts[id] = StateJson.ReadAccount(json(), version);
    }

    public void Clear() => _accounts.Clear();

    public void Committed(IEnumerable<AccountState> accounts)
    {
        foreach (var account in accounts) _accounts[account.Id] = account with { Version = account.Version + 1 };
    }
}
