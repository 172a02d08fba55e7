using Gateway.Model.Ids;
using Gateway.Model.Jobs;

namespace Gateway.Grains.Routing;

/// <summary>
/// What one pass of the dispatcher may serve: queues of jobs and of calls, each in order of age. Queues that nobody is free for are
/// dropped.
/// </summary>
internal sealed class WaitingQueues
{
    private readonly Dictionary<TeamId, List<Queue<Head>>> _teams = [];

    public WaitingQueues(IReadOnlyList<JobState> jobs, IReadOnlyList<WaitingCall> calls)
    {
        foreach (var queue in jobs.GroupBy(QueueKey.Of)) Add(queue.Key, queue.Select(job => new Head(queue.Key, job, null)));
        foreach (var queue in calls.Where(call => !call.IsOver).GroupBy(call => call.Queue))
            Add(queue.Key, queue.Select(call => new Head(queue.Key, null, call)));
    }

    /// <summary>
    /// The head that goes first (Q2): the team whose turn it is, and of what that team has waiting the most urgent. Null when none is left.
    /// </summary>
    /// <param name="pass">The order.</param>
    /// <param name="holdsShare">Whether a team holds its share of what a head waits for.</param>
    public Head? Next(QueueOrder.Pass pass, Func<Head, bool> holdsShare)
    {
        Head? first = null;
        TeamRank best = default;
        foreach (var (team, queues) in _teams)
        {
            var head = MostUrgent(pass, queues);
            // Of a team that waits alone it does not matter what it holds.
            var rank = pass.RankOf(team, _teams.Count > 1 && holdsShare(head), head.Since);
            if (first is not null && rank.CompareTo(best) >= 0) continue;
            (first, best) = (head, rank);
        }

        return first;
    }

    /// <summary>Takes a head off its queue.</summary>
    public void Take(Head head)
    {
        var queues = _teams[head.Team];
        var queue = queues.Find(queue => ReferenceEquals(queue.Peek(), head))!;
        queue.Dequeue();
        if (queue.Count == 0) Drop(head.Team, queue.Equals);
    }

    /// <summary>Drops all that asks for the same as a head nobody is free for.</summary>
    public void DropLike(Head head)
    {
        foreach (var team in _teams.Keys.ToList()) Drop(team, queue => queue.Peek().IsLike(head));
    }

    /// <summary>Drops what the head's team has waiting like it: it is the team that is held back.</summary>
    public IReadOnlyList<QueueKey> DropOfTeam(Head head)
    {
        var dropped = _teams[head.Team].Where(queue => queue.Peek().IsLike(head)).Select(queue => queue.Peek().Queue).ToList();
        Drop(head.Team, queue => queue.Peek().IsLike(head));
        return dropped;
    }

    private void Add(QueueKey key, IEnumerable<Head> heads)
    {
        if (!_teams.TryGetValue(key.Team, out var queues)) _teams[key.Team] = queues = [];
        queues.Add(new(heads));
    }

    private void Drop(TeamId team, Predicate<Queue<Head>> which)
    {
        _teams[team].RemoveAll(which);
        if (_teams[team].Count == 0) _teams.Remove(team);
    }

    private static Head MostUrgent(QueueOrder.Pass pass, List<Queue<Head>> queues)
    {
        var first = queues[0].Peek();
        var best = pass.RankOf(first.Queue, first.Since);
        for (var i = 1; i < queues.Count; i++)
        {
            var head = queues[i].Peek();
            var rank = pass.RankOf(head.Queue, head.Since);
            if (rank.CompareTo(best) >= 0) continue;
            (first, best) = (head, rank);
        }

        return first;
    }
}
