using Gateway.Model.Accounts;
using Gateway.Model.Ids;

namespace Gateway.Model.Teams;

/// <summary>What teams use of their limits, at one instant.</summary>
internal sealed class TeamStandings
{
    private readonly Dictionary<TeamId, (TeamLimits Limits, TeamUse Use)> _teams;

    private TeamStandings(Dictionary<TeamId, (TeamLimits Limits, TeamUse Use)> teams) => _teams = teams;

    public static TeamStandings Of(IEnumerable<TeamUseRow> rows, DateTimeOffset now) =>
        new(rows.GroupBy(row => row.Team.Id).ToDictionary(team => team.Key, team => (team.First().Team.Limits, UseOf([.. team]).At(now))));

    /// <summary>The limits of a team.</summary>
    public TeamLimits LimitsOf(TeamId team) => _teams.TryGetValue(team, out var known) ? known.Limits : TeamLimits.None;

    /// <summary>Why the team could not hold one more lease that may cost so much; null when it could.</summary>
    public Refusal? Refuse(TeamId team, long ceiling) =>
        _teams.TryGetValue(team, out var known) ? known.Use.Refuse(known.Limits, default, ceiling) : null;

    private static TeamUse UseOf(IReadOnlyList<TeamUseRow> rows) =>
        new(rows[0].Day ?? DateOnly.MinValue, rows[0].Used, [.. rows.Where(row => row.Hold is not null).Select(row => row.Hold!)]);
}
