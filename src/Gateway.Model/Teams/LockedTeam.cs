namespace Gateway.Model.Teams;

/// <summary>A team's row under its lock.</summary>
internal sealed record LockedTeam(TeamState Team, TeamUse Use);
