namespace Gateway.Model.Teams;

/// <summary>A team and one of the leases that count against its limits, as a read without its row's lock finds them.</summary>
/// <param name="Team">The team.</param>
/// <param name="Day">The day <paramref name="Used"/> is of.</param>
/// <param name="Used">What was spent on it.</param>
/// <param name="Hold">One lease; null for a team without any.</param>
internal sealed record TeamUseRow(TeamState Team, DateOnly? Day, long Used, TeamHold? Hold);
