using Gateway.Grains.Hosting;
using Gateway.Grains.Jobs;
using Gateway.Grains.Storage;
using Gateway.Grains.Teams;
using Gateway.Grains.Turns;

namespace Gateway.Grains.Routing;

/// <summary>
/// Which queue a free slot goes to (Q2): the highest aged priority, then the team that is least far in its virtual time, then
/// the oldest. In this node's memory, fed by its commits; a start begins with even shares
/// (docs/decisions/2026-11-24-queue.md).
/// </summary>
internal sealed class QueueOrder(GatewayOptions options, KindLimits limits, IQueryStore queries) : IBatchObserver
{
    public const int HighestPriority = 9;

    private readonly Lock _lock = new();
    private readonly Dictionary<QueueKey, DateTimeOffset> _servedAt = [];
    private Dictionary<TeamId, int> _weights = [];
    private FairShares _shares = FairShares.Even;

    /// <summary>Reads the teams' weights; at start, and when another node may have changed them.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        var weights = (await queries.TeamsAsync(cancellationToken)).ToDictionary(team => team.Id, team => team.Weight);
        lock (_lock) _weights = weights;
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
        lock (_lock) return _weights.GetValueOrDefault(team, 1);
    }

    /// <summary>A priority after its wait: a step more for each <see cref="QueueOptions.AgeStep"/> its queue was passed over, up to the highest.</summary>
    public static int Level(int priority, TimeSpan passedOver, TimeSpan step) =>
        step <= TimeSpan.Zero || passedOver <= TimeSpan.Zero ? priority : (int)Math.Min(HighestPriority, priority + Math.Floor(passedOver / step));

    void IBatchObserver.Committed(BatchCommit commit)
    {
        lock (_lock)
        {
            foreach (var team in commit.Teams) _weights[team.Id] = team.Weight;
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
        shares.Serve(team, _weights.GetValueOrDefault(team, 1), Math.Max(1, limits[work.Kind].ExpectedRun.TotalSeconds));

    /// <summary>One look at what waits: it ranks, and counts what it picked as served.</summary>
    internal sealed class Pass(QueueOrder owner, FairShares shares, DateTimeOffset now)
    {
        private readonly Dictionary<QueueKey, DateTimeOffset> _picked = [];
        private FairShares _shares = shares;

        /// <summary>The place of a queue's head; the smallest goes first.</summary>
        public Rank RankOf(QueueKey queue, DateTimeOffset waitsSince)
        {
            var since = _picked.TryGetValue(queue, out var picked) || owner.ServedAt(queue, out picked) ? picked : waitsSince;
            if (since < waitsSince) since = waitsSince;
            return new Rank(-Level(queue.Priority, now - since, owner.AgeStep), _shares.StartOf(queue.Team), waitsSince);
        }

        public void Pick(QueueKey queue, Work work)
        {
            _picked[queue] = now;
            lock (owner._lock) _shares = owner.Served(_shares, queue.Team, work);
        }
    }

    private TimeSpan AgeStep => options.Queue.AgeStep;

    private bool ServedAt(QueueKey queue, out DateTimeOffset at)
    {
        lock (_lock) return _servedAt.TryGetValue(queue, out at);
    }
}

/// <summary>Who goes first: the smallest.</summary>
internal readonly record struct Rank(int Level, double Start, DateTimeOffset Since) : IComparable<Rank>
{
    public int CompareTo(Rank other) =>
        Level.CompareTo(other.Level) is var byLevel and not 0 ? byLevel
        : Start.CompareTo(other.Start) is var byShare and not 0 ? byShare
        : Since.CompareTo(other.Since);
}
