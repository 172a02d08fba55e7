namespace Gateway.Model.Accounts;

/// <summary>
/// Why an account did not grant a lease. Contended: another node works on it at this moment. The names are shown to admins.
/// </summary>
internal enum RefusalReason
{
    NoFreeSlot,
    OutOfCredits,
    Expired,
    ExpiresTooSoon,
    CoolingDown,
    Paced,
    AuthFailed,
    Disabled,
    Draining,
    Deleted,
    ModelNotServed,
    OperationNotServed,
    Overloaded,
    KindNotServed,
    Contended,
    TeamAtLimit,
    TeamOutOfCredits,
    Suspect,
    Parked,
    TeamAtShare,
}
