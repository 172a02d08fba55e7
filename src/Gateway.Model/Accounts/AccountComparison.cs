namespace Gateway.Model.Accounts;

internal static class AccountComparison
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
