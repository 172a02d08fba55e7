using Gateway.Grains.Accounts;
using Gateway.Grains.Storage;

namespace Gateway.Grains.Teams;

/// <summary>A team and one of the leases that count against its limits, as a read without its row's lock finds them.</summary>
/// <param name="Team">The team.</param>
/// <param name="Day">The day <paramref name="Used"/> is of.</param>
/// <param name="Used">What was spent on it.</param>
/// <param name="Hold">One lease; null for a team without any.</param>
internal sealed record TeamUseRow(TeamState Team, DateOnly? Day, long Used, TeamHold? Hold);

/// <summary>What teams use of their limits, at one instant.</summary>
internal sealed class TeamStandings
{
    private readonly Dictionary<TeamId, (TeamLimits Limits, TeamUse Use)> _teams;

    private TeamStandings(Dictionary<TeamId, (TeamLimits Limits, TeamUse Use)> teams) => _teams = teams;

    public static TeamStandings Of(IEnumerable<TeamUseRow> rows, DateTimeOffset now) => new(rows.GroupBy(row => row.Team.Id).ToDictionary(team => team.Key, team => (team.First().Team.Limits, UseOf([.. team]).At(now))));

    /// <summary>The limits of a team.</summary>
    public TeamLimits LimitsOf(TeamId team) => _teams.TryGetValue(team, out var known) ? known.Limits : TeamLimits.None;

    /// <summary>Why the team could not hold one more lease that may cost so much; null when it could.</summary>
    public Refusal? Refuse(TeamId team, long ceiling) => _teams.TryGetValue(team, out var known) ? known.Use.Refuse(known.Limits, default, ceiling) : null;

    private static TeamUse UseOf(IReadOnlyList<TeamUseRow> rows) =>
        new(rows[0].Day ?? DateOnly.MinValue, rows[0].Used, [.. rows.Where(row => row.Hold is not null).Select(row => row.Hold!)]);
}

/// <summary>Reads what teams use from the store. A node that dispatches nothing hears of no refusal, so its own view cannot tell.</summary>
internal sealed class TeamOutlook(IQueryStore queries, TeamLimitsView limits, TimeProvider time)
{
    /// <summary>These teams as the store has them.</summary>
    public async Task<TeamStandings> ReadAsync(IReadOnlyCollection<TeamId> teams, CancellationToken cancellationToken) =>
        TeamStandings.Of(teams.Count == 0 ? [] : await queries.TeamUsesAsync(teams, cancellationToken), time.GetUtcNow());

    /// <summary>The same, of those alone that have limits as far as this node knows: most have none, and cost nothing then.</summary>
    public Task<TeamStandings> ReadLimitedAsync(IEnumerable<TeamId> teams, CancellationToken cancellationToken) =>
        ReadAsync([.. teams.Where(team => limits.Find(team).BoundLeases).Distinct()], cancellationToken);
}
