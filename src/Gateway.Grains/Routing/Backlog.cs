using Gateway.Engine.Notifiers;
using Gateway.Engine.Turns;
using Gateway.Model.Ids;
using Gateway.Model.Jobs;
using Gateway.Model.Kinds;

namespace Gateway.Grains.Routing;

/// <summary>
/// What waits for a slot as far as this node knows: queues with ready jobs, its own calls; and the wake that wakes the dispatcher.
/// </summary>
internal sealed class Backlog(RoleOptions role) : IBatchObserver
{
    private readonly Lock _lock = new();
    private readonly HashSet<QueueKey> _queues = [];
    private readonly List<WaitingCall> _calls = [];
    private readonly Dictionary<TeamId, int> _callsOf = [];
    private readonly AsyncAutoResetEvent _wake = new();

    /// <summary>Whether anything waits for a slot here.</summary>
    public bool IsWaiting
    {
        get
        {
            lock (_lock) return _queues.Count + _calls.Count > 0;
        }
    }

    public int CallsWaiting
    {
        get
        {
            lock (_lock) return _calls.Count;
        }
    }

    public void Add(IEnumerable<QueueKey> queues)
    {
        lock (_lock) _queues.UnionWith(queues);
    }

    /// <summary>Queues got a ready job, by whichever node.</summary>
    public void Ready(IReadOnlyCollection<QueueKey> queues)
    {
        // With another role nobody here would take them off again.
        if (!role.TakesJobs || queues.Count == 0) return;
        Add(queues);
        Wake();
    }

    public void Remove(IEnumerable<QueueKey> queues)
    {
        lock (_lock) _queues.ExceptWith(queues);
    }

    public IReadOnlyList<QueueKey> Queues()
    {
        lock (_lock) return [.. _queues];
    }

    /// <summary>This node's waiting calls, in order of arrival.</summary>
    public IReadOnlyList<WaitingCall> Calls()
    {
        lock (_lock) return [.. _calls];
    }

    /// <summary>A call lines up, where a place is free; false when none is.</summary>
    /// <param name="call">The call.</param>
    /// <param name="most">How many may wait.</param>
    /// <param name="mostOfTeam">How many of one team.</param>
    public bool Join(WaitingCall call, int most, int mostOfTeam)
    {
        lock (_lock)
        {
            if (_calls.Count >= most || WaitingOf(call.Team) >= mostOfTeam) return false;
            _calls.Add(call);
            _callsOf[call.Team] = WaitingOf(call.Team) + 1;
        }

        Wake();
        return true;
    }

    /// <summary>A call waits no longer. Again changes nothing.</summary>
    public void Leave(WaitingCall call)
    {
        lock (_lock)
        {
            if (!_calls.Remove(call)) return;
            if (WaitingOf(call.Team) is var left and > 1) _callsOf[call.Team] = left - 1;
            else _callsOf.Remove(call.Team);
        }
    }

    /// <summary>The team's calls that wait here.</summary>
    public int CallsWaitingOf(TeamId team)
    {
        lock (_lock) return WaitingOf(team);
    }

    /// <summary>Whether another team's work waits here.</summary>
    public bool HasOthersThan(TeamId team)
    {
        lock (_lock) return _calls.Count > WaitingOf(team) || _queues.Any(queue => queue.Team != team);
    }

    private int WaitingOf(TeamId team) => _callsOf.GetValueOrDefault(team);

    /// <summary>
    /// Whether newly come work would overtake what waits: in its own lane, or in another that could be served now and is about
    /// to be. Where nobody waits for what is free, the newcomer need not wait either.
    /// </summary>
    /// <param name="work">The newcomer's.</param>
    /// <param name="isHeldBack">Whether a queue of jobs waits for something else: an operator's pause, its team's limit.</param>
    /// <param name="areHeldBack">The same for a queue of calls.</param>
    /// <param name="canBeServed">Whether something that waits would find a slot now.</param>
    public bool AreOthersBefore(
        Work work, Func<QueueKey, bool> isHeldBack, Func<QueueKey, bool> areHeldBack, Func<RouteRequest, bool> canBeServed)
    {
        List<RouteRequest> waiting;
        lock (_lock)
        {
            if (_queues.Count == 0 && _calls.Count == 0) return false;
            waiting = [.. _calls.Where(call => !areHeldBack(call.Queue)).DistinctBy(call => call.Queue.Lane).Select(call => call.Request)];
            foreach (var lane in _queues.Where(queue => !isHeldBack(queue)).Select(queue => queue.Lane).Distinct())
                waiting.Add(new RouteRequest(Work.FromLane(lane), Job: default(JobId)));
        }

        return waiting.Exists(request => request.Work.Lane == work.Lane) || waiting.Exists(request => canBeServed(request));
    }

    public void Wake() => _wake.Set();

    /// <summary>Waits for the wake.</summary>
    public Task WaitAsync(TimeProvider time, CancellationToken cancellationToken) => _wake.WaitAsync(atMost: null, time, cancellationToken);

    void IBatchObserver.Committed(BatchCommit commit)
    {
        Ready([.. commit.Jobs.Where(job => job.IsReady).Select(QueueKey.Of)]);
    }
}
