namespace Gateway.Model.Accounts;

/// <summary>A named refusal.</summary>
/// <param name="Reason">Why.</param>
/// <param name="Until">When asking again may help; null when only a change of the account helps, or a release.</param>
internal sealed record Refusal(RefusalReason Reason, DateTimeOffset? Until = null)
{
    /// <summary>Whether every account would say the same: it is the team that is at its limit.</summary>
    public bool IsOfTheTeam => Reason is RefusalReason.TeamAtLimit or RefusalReason.TeamOutOfCredits;
}
