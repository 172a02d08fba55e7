using System.Collections.Concurrent;
using Gateway.Api.Http;
using Gateway.Engine.Teams;
using Gateway.Engine.Turns;
using Gateway.Model.Accounts;
using Gateway.Model.Ids;
using Gateway.Model.Teams;

namespace Gateway.Api.Auth;

/// <summary>
/// A team's <see cref="TeamLimits.RequestsPerMinute"/>: what is sent (each <c>POST</c>), counted in this node's memory. Every live
/// node grants an equal part, so the limit holds for the team as a whole without a row that each request would write.
/// </summary>
internal sealed class TeamRates(TeamLimitsView teams, Homes homes, TimeProvider time)
{
    private readonly ConcurrentDictionary<TeamId, CountedRequests> _counted = new();

    /// <summary>Counts a request.</summary>
    /// <exception cref="ApiException">It is one too many: 429, with the time at which the next is taken.</exception>
    public void Count(TeamId team)
    {
        if (teams.Find(team).RequestsPerMinute is not { } limit) return;
        var now = time.GetUtcNow();
        var part = Math.Max(1, limit / Math.Max(1, homes.Members.Count));
        if (_counted.GetOrAdd(team, static _ => new CountedRequests()).TryAdd(part, now, out var next)) return;
        throw TooMany(limit, next - now);
    }

    private static ApiException TooMany(int limit, TimeSpan? wait) =>
        new(new ApiError(429, "team_rate_limit", $"The team may send {limit} requests a minute.", RetryAfter: wait));

    // Looks and counts in one step: of requests at the same instant no more pass than there is room for.
    private sealed class CountedRequests
    {
        private readonly Lock _lock = new();
        private RateWindow? _window;

        public bool TryAdd(long atMost, DateTimeOffset now, out DateTimeOffset? next)
        {
            lock (_lock)
            {
                next = _window?.NextLeaves(now);
                if (_window?.Sum(now) >= atMost) return false;
                _window = RateWindow.Add(_window, 1, now);
                return true;
            }
        }
    }
}
