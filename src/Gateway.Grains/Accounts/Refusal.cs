namespace Gateway.Grains.Accounts;

/// <summary>Why an account did not grant a lease. Contended: another node works on it at this moment. The names are shown to admins.</summary>
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

internal static class RefusalReasons
{
    extension(RefusalReason reason)
    {
        /// <summary>The name in answers: <c>no_free_slot</c>.</summary>
        public string Name => EnumNames<RefusalReason>.All[(int)reason];
    }
}

/// <summary>A named refusal.</summary>
/// <param name="Reason">Why.</param>
/// <param name="Until">When asking again may help; null when only a change of the account helps, or a release.</param>
internal sealed record Refusal(RefusalReason Reason, DateTimeOffset? Until = null)
{
    /// <summary>Whether every account would say the same: it is the team that is at its limit.</summary>
    public bool IsOfTheTeam => Reason is RefusalReason.TeamAtLimit or RefusalReason.TeamOutOfCredits;
}
