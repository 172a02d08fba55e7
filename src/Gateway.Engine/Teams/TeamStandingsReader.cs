using Gateway.Engine.Storage;
using Gateway.Model.Ids;
using Gateway.Model.Teams;

namespace Gateway.Engine.Teams;

/// <summary>Reads what teams use from the store. A node that dispatches nothing hears of no refusal, so its own view cannot tell.</summary>
internal sealed class TeamStandingsReader(IQueryStore queries, TeamLimitsView limits, TimeProvider time)
{
    /// <summary>These teams as the store has them.</summary>
    public async Task<TeamStandings> ReadAsync(IReadOnlyCollection<TeamId> teams, CancellationToken cancellationToken) =>
        TeamStandings.Of(teams.Count == 0 ? [] : await queries.TeamUsesAsync(teams, cancellationToken), time.GetUtcNow());

    /// <summary>The same, of those alone that have limits as far as this node knows: most have none, and cost nothing then.</summary>
    public Task<TeamStandings> ReadLimitedAsync(IEnumerable<TeamId> teams, CancellationToken cancellationToken) =>
        ReadAsync([.. teams.Where(team => limits.Find(team).BoundLeases).Distinct()], cancellationToken);
}
