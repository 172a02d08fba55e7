using System.Collections.Immutable;
using Gateway.Model.Ids;

namespace Gateway.Model.Accounts;

/// <summary>
/// The failures of late, by team. Five of one team's rest the account for that team; to rest it for all it takes two: no team counts for
/// more than three of the five, so nobody's failures alone do it, nor with one by chance of somebody else's.
/// </summary>
internal static class TeamFailures
{
    /// <summary>What one team counts for at most, towards a rest for all.</summary>
    public const int MostOfOneTeam = Health.FailuresThatRest - 2;

    // The row is hot and must stay short; whoever fails more often than this is known to fail.
    private const int MostKept = 5 * Health.FailuresThatRest;

    extension(ImmutableArray<TeamFailure>? failures)
    {
        /// <summary>The failures with a new one, without those that are forgotten.</summary>
        public ImmutableArray<TeamFailure> Add(TeamFailure failure)
        {
            var kept = (failures ?? []).RemoveAll(
                known =>
                    known.At <= failure.At - Health.Window
                        || (known.Request is not null && known.Team == failure.Team && known.Request == failure.Request));
            return (kept.Length < MostKept ? kept : kept.RemoveAt(0)).Add(failure);
        }
    }

    extension(ImmutableArray<TeamFailure> failures)
    {
        /// <summary>Whether the team's own suffice to rest the account for it.</summary>
        public bool RestTeam(TeamId team) => failures.Count(failure => failure.Team == team) >= Health.FailuresThatRest;

        /// <summary>Whether two teams' suffice to rest it for all. A team it rests for has failed enough.</summary>
        public bool RestAll(ImmutableArray<TeamRest>? rests, DateTimeOffset now)
        {
            var resting = (rests ?? []).Where(rest => rest.Family is null && rest.Until > now)
                .Select(rest => rest.Team)
                .Distinct()
                .ToList();
            var others = failures.Where(failure => !resting.Contains(failure.Team)).GroupBy(failure => failure.Team);
            return (resting.Count * MostOfOneTeam) + others.Sum(team => Math.Min(MostOfOneTeam, team.Count())) >= Health.FailuresThatRest;
        }
    }
}
