using System.Collections.Immutable;
using Gateway.Model.Ids;

namespace Gateway.Model.Accounts;

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
                if (rest.Team == team && rest.Until > now && (rest.Family is null || rest.Family == family) && !(until >= rest.Until))
                    until = rest.Until;
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
