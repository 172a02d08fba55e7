using Gateway.Engine.Storage;
using Gateway.Engine.Turns;
using Gateway.Model.Ids;
using Gateway.Model.Jobs;
using Gateway.Model.Kinds;
using Gateway.Model.Queueing;
using Gateway.Model.Teams;

namespace Gateway.Grains.Routing;

/// <summary>
/// Which queue a free slot goes to (Q2): first whose turn it is among the teams, then the most urgent of what that team has waiting. A team
/// that holds its share of the slots goes after those that do not, a higher class before a lower one, then the team that is least far in
/// its virtual time. Priority, aged, counts within a team alone: whoever sets it takes nothing from others. Shares are in this node's
/// memory, fed by its commits; a start begins with even ones (docs/decisions/2026-11-24-queue.md, 2026-11-30-fairness.md).
/// </summary>
internal sealed class QueueOrder(QueueOptions options, KindLimits limits, IQueryStore queries) : IBatchObserver
{
    public const int HighestPriority = 9;

    private readonly Lock _lock = new();
    private readonly Dictionary<QueueKey, DateTimeOffset> _servedAt = [];
    private Dictionary<TeamId, Standing> _teams = [];
    private FairShares _shares = FairShares.Even;

    /// <summary>What an admin gave a team.</summary>
    private readonly record struct Standing(int Weight, int Class)
    {
        public static readonly Standing Usual = new(1, 0);

        public static Standing Of(TeamState team) => new(team.Weight, team.Limits.Class ?? 0);
    }

    /// <summary>Reads the teams' weights and classes; at start, and when another node may have changed them.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        var teams = (await queries.TeamsAsync(cancellationToken)).ToDictionary(team => team.Id, Standing.Of);
        lock (_lock) _teams = teams;
    }

    /// <summary>The order as it is now, for one pass: what the pass picks moves only its own copy on, commits move this one.</summary>
    public Pass Begin(DateTimeOffset now)
    {
        lock (_lock) return new Pass(this, _shares, now);
    }

    /// <summary>A call was given a slot; jobs are seen in their commits.</summary>
    public void Serve(QueueKey queue, Work work, DateTimeOffset now)
    {
        lock (_lock) ServeLocked(queue, work, now);
    }

    public int WeightOf(TeamId team)
    {
        lock (_lock) return StandingOf(team).Weight;
    }

    /// <summary>The class a team's work waits in; 0 is where all are by default.</summary>
    public int ClassOf(TeamId team)
    {
        lock (_lock) return StandingOf(team).Class;
    }

    /// <summary>
    /// A priority after its wait: a step more for each <see cref="QueueOptions.AgeStep"/> its queue was passed over, up to the highest.
    /// </summary>
    public static int Level(int priority, TimeSpan passedOver, TimeSpan step) =>
        step <= TimeSpan.Zero || passedOver <= TimeSpan.Zero
            ? priority
            : (int)Math.Min(HighestPriority, priority + Math.Floor(passedOver / step));

    void IBatchObserver.Committed(BatchCommit commit)
    {
        lock (_lock)
        {
            foreach (var team in commit.Teams) _teams[team.Id] = Standing.Of(team);
            foreach (var change in commit.Events)
                if (change.Status == JobStatus.Submitting) ServeLocked(QueueKey.Of(change.State), change.State.Work, commit.Now);
        }
    }

    private void ServeLocked(QueueKey queue, Work work, DateTimeOffset now)
    {
        _shares = Served(_shares, queue.Team, work);
        // A queue nobody has used for long is as good as one never served.
        if (_servedAt.Count >= 10_000) _servedAt.Clear();
        _servedAt[queue] = now;
    }

    // The table's run and not the measured one: a share that follows its own measurements swings with them.
    private FairShares Served(FairShares shares, TeamId team, Work work) =>
        shares.Serve(team, StandingOf(team).Weight, Math.Max(1, limits[work.Kind].ExpectedRun.TotalSeconds));

    private Standing StandingOf(TeamId team) => _teams.GetValueOrDefault(team, Standing.Usual);

    /// <summary>One look at what waits: it ranks, and counts what it picked as served.</summary>
    internal sealed class Pass(QueueOrder owner, FairShares shares, DateTimeOffset now)
    {
        private readonly Dictionary<QueueKey, DateTimeOffset> _picked = [];
        private FairShares _shares = shares;

        /// <summary>A team's place among the teams; the smallest goes first.</summary>
        /// <param name="team">The team.</param>
        /// <param name="holdsShare">Whether it holds its share of what it waits for.</param>
        /// <param name="waitsSince">Since when its most urgent head waits.</param>
        public TeamRank RankOf(TeamId team, bool holdsShare, DateTimeOffset waitsSince) =>
            new(holdsShare, -owner.ClassOf(team), _shares.StartOf(team), waitsSince);

        /// <summary>The place of a queue's head among its team's; the smallest goes first.</summary>
        public QueueRank RankOf(QueueKey queue, DateTimeOffset waitsSince)
        {
            var since = _picked.TryGetValue(queue, out var picked) || owner.ServedAt(queue, out picked) ? picked : waitsSince;
            if (since < waitsSince) since = waitsSince;
            return new QueueRank(-Level(queue.Priority, now - since, owner.AgeStep), waitsSince);
        }

        public void Pick(QueueKey queue, Work work)
        {
            _picked[queue] = now;
            lock (owner._lock) _shares = owner.Served(_shares, queue.Team, work);
        }
    }

    private TimeSpan AgeStep => options.AgeStep;

    private bool ServedAt(QueueKey queue, out DateTimeOffset at)
    {
        lock (_lock) return _servedAt.TryGetValue(queue, out at);
    }
}
