using System.Collections.Immutable;
using Gateway.Model.Ids;

namespace Gateway.Grains.Routing;

/// <summary>
/// The breakers of one model at one host, team by team. A team waits for its own; for the others' only while two of them are open, so that
/// no sequence of one team's answers keeps another away. Immutable.
/// </summary>
internal sealed class TeamBreakers
{
    public static readonly TeamBreakers Closed = new(ImmutableDictionary<TeamId, OverloadBreaker>.Empty);

    // What answered nobody's request in particular: it counts for everybody.
    private static TeamId Nobody => default;

    private readonly ImmutableDictionary<TeamId, OverloadBreaker> _breakers;

    private TeamBreakers(ImmutableDictionary<TeamId, OverloadBreaker> breakers) => _breakers = breakers;

    public bool AreClosed => _breakers.IsEmpty;

    public bool AreForgotten(DateTimeOffset now) => _breakers.Values.All(breaker => breaker.IsForgotten(now));

    public bool IsProbe(LeaseId request) => _breakers.Values.Any(breaker => breaker.Probe == request);

    /// <summary>When asking may help the team; null when a request of it may go out now.</summary>
    public DateTimeOffset? BusyUntil(TeamId? team, DateTimeOffset now)
    {
        DateTimeOffset? own = null, first = null, second = null; // of the others the two that last longest
        foreach (var (of, breaker) in _breakers)
        {
            if (breaker.BusyUntil(now) is not { } until) continue;
            if (of == Nobody || of == team) own = own > until ? own : until;
            else if (first is null || until > first) (first, second) = (until, first);
            else if (second is null || until > second) second = until;
        }

        return own > second || second is null ? own : second;
    }

    /// <summary>A request of the team goes out; the first after the pause is the probe.</summary>
    public TeamBreakers Send(TeamId? team, LeaseId request, DateTimeOffset now)
    {
        var breakers = _breakers;
        foreach (var of in new[] { Nobody, team ?? Nobody }.Distinct())
            if (_breakers.TryGetValue(of, out var breaker))
                breakers = breaker.IsForgotten(now) ? breakers.Remove(of) : breakers.SetItem(of, breaker.Send(request, now));
        return new TeamBreakers(breakers);
    }

    /// <summary>The vendor was overloaded for a request of the team. Answers until when the team stays away.</summary>
    public (TeamBreakers Next, DateTimeOffset Until) Trip(TeamId? team, DateTimeOffset now, Func<int, TimeSpan> pause)
    {
        var kept = _breakers.RemoveRange(_breakers.Where(entry => entry.Value.IsForgotten(now)).Select(entry => entry.Key));
        var tripped = OverloadBreaker.Trip(_breakers.GetValueOrDefault(team ?? Nobody), now, pause);
        return (new TeamBreakers(kept.SetItem(team ?? Nobody, tripped)), tripped.Until);
    }

    /// <summary>A request was served, by whomever: what is past its pause is closed.</summary>
    public TeamBreakers Succeed(DateTimeOffset now)
    {
        var over = _breakers.Where(entry => entry.Value.Succeed(now) is null).Select(entry => entry.Key).ToList();
        return over.Count == 0 ? this : new TeamBreakers(_breakers.RemoveRange(over));
    }

    /// <summary>The request ended and showed nothing about the vendor's room; another may probe.</summary>
    public TeamBreakers Leave(LeaseId request)
    {
        var breakers = _breakers;
        foreach (var (of, breaker) in _breakers) breakers = breakers.SetItem(of, breaker.Leave(request));
        return new TeamBreakers(breakers);
    }
}
