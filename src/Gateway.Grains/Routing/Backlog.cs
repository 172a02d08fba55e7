using Gateway.Grains.Hosting;
using Gateway.Grains.Jobs;
using Gateway.Grains.Teams;
using Gateway.Grains.Turns;

namespace Gateway.Grains.Routing;

/// <summary>A call that waits for a slot on this node: an entry in the same order as the jobs (Q3).</summary>
/// <param name="Request">What it needs.</param>
/// <param name="Team">Whose it is.</param>
/// <param name="Since">Since when it waits.</param>
internal sealed record WaitingCall(RouteRequest Request, TeamId Team, DateTimeOffset Since)
{
    private readonly TaskCompletionSource<CallSlot> _granted = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Calls wait with a job's usual priority.</summary>
    public const int Priority = 5;

    public QueueKey Queue => new(Request.Work.Lane, Team, Priority);

    public Task<CallSlot> Granted => _granted.Task;

    public bool IsOver => _granted.Task.IsCompleted;

    /// <summary>Hands over a slot; false when the caller has left, and the slot must go back.</summary>
    public bool Grant(CallSlot slot) => _granted.TrySetResult(slot);

    /// <summary>Tells the caller that nobody can be asked now.</summary>
    public void Fail(Exception why) => _granted.TrySetException(why);

    /// <summary>The caller waits no longer; false when it was granted a slot before.</summary>
    public bool GiveUp() => _granted.TrySetCanceled();
}

/// <summary>What waits for a slot as far as this node knows: queues with ready jobs, its own calls; and the bell that wakes the dispatcher.</summary>
internal sealed class Backlog(GatewayOptions options) : IBatchObserver
{
    private readonly Lock _lock = new();
    private readonly HashSet<QueueKey> _queues = [];
    private readonly List<WaitingCall> _calls = [];
    private readonly Bell _bell = new();

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
        if (!options.TakesJobs || queues.Count == 0) return;
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

    /// <summary>A call lines up; false when too many wait.</summary>
    public bool Join(WaitingCall call, int most)
    {
        lock (_lock)
        {
            if (_calls.Count >= most) return false;
            _calls.Add(call);
        }

        Wake();
        return true;
    }

    public void Leave(WaitingCall call)
    {
        lock (_lock) _calls.Remove(call);
    }

    /// <summary>
    /// Whether newly come work would overtake what waits: in its own lane, or in another that could be served now and is about
    /// to be. Where nobody waits for what is free, the newcomer need not wait either.
    /// </summary>
    /// <param name="work">The newcomer's.</param>
    /// <param name="isHeldBack">Whether a queue of jobs waits for something else: an operator's pause, its team's limit.</param>
    /// <param name="canBeServed">Whether something that waits would find a slot now.</param>
    public bool GoesBefore(Work work, Func<QueueKey, bool> isHeldBack, Func<RouteRequest, bool> canBeServed)
    {
        List<RouteRequest> waiting;
        lock (_lock)
        {
            if (_queues.Count == 0 && _calls.Count == 0) return false;
            waiting = [.. _calls.DistinctBy(call => call.Queue.Lane).Select(call => call.Request)];
            foreach (var lane in _queues.Where(queue => !isHeldBack(queue)).Select(queue => queue.Lane).Distinct())
                waiting.Add(new RouteRequest(Work.FromLane(lane), Job: default(JobId)));
        }

        return waiting.Exists(request => request.Work.Lane == work.Lane) || waiting.Exists(request => canBeServed(request));
    }

    public void Wake() => _bell.Ring();

    /// <summary>Waits for the bell.</summary>
    public Task WaitAsync(TimeProvider time, CancellationToken cancellationToken) => _bell.WaitAsync(atMost: null, time, cancellationToken);

    void IBatchObserver.Committed(BatchCommit commit)
    {
        Ready([.. commit.Jobs.Where(job => job.IsReady).Select(QueueKey.Of)]);
    }
}
