using Gateway.Grains.Jobs;
using Gateway.Grains.Routing;

namespace Gateway.Silo.Queueing;

/// <summary>The head of one queue: a job or a call.</summary>
internal sealed record Head(QueueKey Queue, JobState? Job, WaitingCall? Call)
{
    public Work Work => Job?.Work ?? Call!.Request.Work;

    /// <summary>A call may take a slot that is kept free of jobs.</summary>
    public RouteRequest Request => Call?.Request ?? new RouteRequest(Job!.Work, Job.Id, Job.Attempt + 1);

    public DateTimeOffset Since => Job?.WaitsSince ?? Call!.Since;
}

/// <summary>What one pass of the dispatcher may serve: queues of jobs and of calls, each in order of age. Queues whose lane is full are dropped.</summary>
internal sealed class WaitingQueues
{
    private readonly List<Queue<Head>> _queues = [];

    public WaitingQueues(IReadOnlyList<JobState> jobs, IReadOnlyList<WaitingCall> calls)
    {
        foreach (var queue in jobs.GroupBy(QueueKey.Of)) _queues.Add(new(queue.Select(job => new Head(queue.Key, job, null))));
        foreach (var queue in calls.Where(call => !call.IsOver).GroupBy(call => call.Queue)) _queues.Add(new(queue.Select(call => new Head(queue.Key, null, call))));
    }

    /// <summary>The head that goes first (Q2); null when none is left.</summary>
    public Head? Next(QueueOrder.Pass pass)
    {
        Head? first = null;
        Rank best = default;
        foreach (var queue in _queues)
        {
            var head = queue.Peek();
            var rank = pass.RankOf(head.Queue, head.Since);
            if (first is not null && rank.CompareTo(best) >= 0) continue;
            (first, best) = (head, rank);
        }

        return first;
    }

    /// <summary>Takes a head off its queue.</summary>
    public void Take(Head head)
    {
        var queue = _queues.Find(queue => ReferenceEquals(queue.Peek(), head))!;
        queue.Dequeue();
        if (queue.Count == 0) _queues.Remove(queue);
    }

    /// <summary>Drops all that asks for the same as a head nobody is free for.</summary>
    public void DropLike(Head head) => _queues.RemoveAll(queue => queue.Peek() is var other && other.Queue.Lane == head.Queue.Lane && other.Call is null == head.Call is null);
}
