using System.Collections.Immutable;
using Gateway.Grains.Teams;

namespace Gateway.Grains.Accounts;

/// <summary>Passing trouble that one team's request met on an account.</summary>
/// <param name="Team">Whose request.</param>
/// <param name="Request">What was asked, as a hash: the same request, sent again, is no second trouble. Null where it is not known.</param>
/// <param name="At">When, last.</param>
internal sealed record TeamFailure(TeamId Team, string? Request, DateTimeOffset At);

/// <summary>An account rests for one team alone: what that team's requests met says nothing yet about the others'.</summary>
/// <param name="Team">For whom.</param>
/// <param name="Family">For which family of models (Q7); null for all work.</param>
/// <param name="Until">How long.</param>
/// <param name="Reason">Why, in words that hold no secret.</param>
internal sealed record TeamRest(TeamId Team, string? Family, DateTimeOffset Until, string Reason);

/// <summary>
/// The failures of late, by team. Five of one team's rest the account for that team; to rest it for all it takes two: no team counts for more than
/// three of the five, so nobody's failures alone do it, nor with one by chance of somebody else's.
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
            var kept = (failures ?? []).RemoveAll(known => known.At <= failure.At - Health.Window || (known.Request is not null && known.Team == failure.Team && known.Request == failure.Request));
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
            var resting = (rests ?? []).Where(rest => rest.Family is null && rest.Until > now).Select(rest => rest.Team).Distinct().ToList();
            var others = failures.Where(failure => !resting.Contains(failure.Team)).GroupBy(failure => failure.Team);
            return (resting.Count * MostOfOneTeam) + others.Sum(team => Math.Min(MostOfOneTeam, team.Count())) >= Health.FailuresThatRest;
        }
    }
}

/// <summary>The rests of an account for single teams.</summary>
internal static class TeamRestList
{
    // Of many teams that fail at once the first are forgotten; by then the account rests for all.
    private const int MostKept = 50;

    extension(ImmutableArray<TeamRest>? rests)
    {
        /// <summary>Until when it rests for the team's work; null when it does not.</summary>
        public DateTimeOffset? Find(TeamId? team, string? family, DateTimeOffset now)
        {
            if (rests is not { } known || team is null) return null; // nearly always
            DateTimeOffset? until = null;
            foreach (var rest in known)
                if (rest.Team == team && rest.Until > now && (rest.Family is null || rest.Family == family) && !(until >= rest.Until)) until = rest.Until;
            return until;
        }

        /// <summary>Whether it rests for another team too, for the same family.</summary>
        public bool HasAnother(TeamId team, string? family, DateTimeOffset now) =>
            rests is { } known && known.Any(rest => rest.Team != team && rest.Family == family && rest.Until > now);

        /// <summary>The rests with one more: extended, never shortened.</summary>
        public ImmutableArray<TeamRest> Put(TeamRest rest, DateTimeOffset now)
        {
            var known = rests ?? [];
            if (known.Any(other => other.Team == rest.Team && other.Family == rest.Family && other.Until >= rest.Until)) return known;
            var kept = known.RemoveAll(other => other.Until <= now || (other.Team == rest.Team && other.Family == rest.Family));
            return (kept.Length < MostKept ? kept : kept.RemoveAt(0)).Add(rest);
        }
    }
}
