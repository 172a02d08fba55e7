using Gateway.Engine.Storage;
using Gateway.Engine.Turns;
using Gateway.Model.Accounts;
using Gateway.Model.Ids;
using Gateway.Model.Teams;

namespace Gateway.Engine.Teams;

/// <summary>
/// The teams' limits as this node last saw them, and which team is at one. It only spares turns that would be refused: the
/// turn reads the team's row and decides.
/// </summary>
internal sealed class TeamLimitsView(IQueryStore queries, TimeProvider time) : IBatchObserver
{
    private readonly Lock _lock = new();
    private readonly Dictionary<TeamId, Refusal> _closed = [];
    private Dictionary<TeamId, TeamLimits> _limits = [];
    private HashSet<TeamId> _teams = [];

    /// <summary>Whether there is more than one team: what one may not take from others matters from then on.</summary>
    public bool AreSeveral => _count > 1;

    private volatile int _count;

    /// <summary>Reads all limits and forgets who was at one: another node may have released what this one waits for.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        var teams = await queries.TeamsAsync(cancellationToken);
        var limits = teams.Where(team => team.Limits != TeamLimits.None).ToDictionary(team => team.Id, team => team.Limits);
        lock (_lock)
        {
            _limits = limits;
            _teams = [.. teams.Select(team => team.Id)];
            _count = _teams.Count;
            _closed.Clear();
        }
    }

    public TeamLimits Find(TeamId team)
    {
        lock (_lock) return _limits.GetValueOrDefault(team, TeamLimits.None);
    }

    /// <summary>A turn said that the team is at a limit.</summary>
    public void Close(TeamId team, Refusal refusal)
    {
        lock (_lock) _closed[team] = refusal;
    }

    /// <summary>Why the team's work waits, as far as this node knows; null when no limit holds it back.</summary>
    public Refusal? WhyClosed(TeamId team)
    {
        lock (_lock)
        {
            if (!_closed.TryGetValue(team, out var refusal)) return null;
            if (!(refusal.Until <= time.GetUtcNow())) return refusal;
            _closed.Remove(team);
            return null;
        }
    }

    /// <summary>Teams use less than before; true when one of them was at a limit.</summary>
    public bool Open(IReadOnlyCollection<TeamId> teams)
    {
        if (teams.Count == 0) return false;
        var opened = false;
        lock (_lock)
            foreach (var team in teams) opened |= _closed.Remove(team);
        return opened;
    }

    void IBatchObserver.Committed(BatchCommit commit)
    {
        if (commit.Teams.Count == 0 && commit.ReleasedBy.Count == 0) return;
        lock (_lock)
        {
            foreach (var team in commit.Teams)
            {
                _limits[team.Id] = team.Limits;
                _closed.Remove(team.Id);
                _teams.Add(team.Id);
            }

            _count = _teams.Count;
        }

        Open(commit.ReleasedBy);
    }
}
