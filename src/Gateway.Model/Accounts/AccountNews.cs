namespace Gateway.Model.Accounts;

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
