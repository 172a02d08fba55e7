using Gateway.Grains.Accounts;
using Gateway.Model.Accounts;

namespace Gateway.Grains.Routing;

/// <summary>A slot held for one call. Release it exactly once.</summary>
internal sealed class CallSlot(AccountState account, Lease lease, AccountGrain accounts, LiveOperations live)
{
    private int _released;

    public AccountState Account => account;

    public Lease Lease => lease;

    /// <summary>Frees the slot and settles; the release is an obligation, nobody waits for it.</summary>
    public void Release(Settlement settlement)
    {
        if (Interlocked.Exchange(ref _released, 1) != 0) return;
        accounts.Release(account.Id, lease.Id, settlement);
        live.Leave(lease.Id);
    }
}
