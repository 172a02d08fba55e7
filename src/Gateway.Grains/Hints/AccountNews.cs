using Gateway.Grains.Accounts;

namespace Gateway.Grains.Hints;

/// <summary>What a committed change of an account is to other nodes.</summary>
internal enum AccountNews
{
    /// <summary>Something was taken. Who wants it too is refused by the account's turn; nobody waits for less.</summary>
    None,

    /// <summary>A lease ended: what it held is free.</summary>
    Freed,

    /// <summary>It is new, or other than it was.</summary>
    Changed,
}

internal static class AccountChanges
{
    /// <param name="before">The row before the batch; null when there was none.</param>
    /// <param name="after">The row after it.</param>
    public static AccountNews NewsOf(AccountState? before, AccountState after)
    {
        if (before is null || !HasSettingsOf(before, after)) return AccountNews.Changed;
        return before.Leases.All(lease => after.FindLease(lease.Id) is not null) ? AccountNews.None : AccountNews.Freed;
    }

    private static bool HasSettingsOf(AccountState before, AccountState after) =>
        before with { Version = after.Version, Leases = after.Leases, Credits = after.Credits, Pace = after.Pace } == after;
}
