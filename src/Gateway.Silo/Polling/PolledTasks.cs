using System.Collections.Concurrent;
using Gateway.Model.Ids;

namespace Gateway.Silo.Polling;

/// <summary>Which jobs this node follows, or is about to follow because it is sending them: those that a hint can be about.</summary>
internal sealed class PolledTasks
{
    private readonly ConcurrentDictionary<JobId, PolledTask> _followed = [];

    // Being sent, and whether a hint has come already: the upstream may know its task before its answer is written down.
    private readonly ConcurrentDictionary<JobId, bool> _expected = [];

    public void Expect(JobId job) => _expected.TryAdd(job, false);

    public void Unexpect(JobId job) => _expected.TryRemove(job, out _);

    public bool Knows(JobId job) => _followed.ContainsKey(job) || _expected.ContainsKey(job);

    /// <summary>Puts a task in. A hint that came while it was being sent is its first one.</summary>
    public void Add(PolledTask task)
    {
        _followed[task.Job] = task;
        if (_expected.TryRemove(task.Job, out var isHinted) && isHinted) task.TryHint();
    }

    /// <summary>Puts a guest in, unless the job is followed already.</summary>
    public bool TryAdd(PolledTask guest) => _followed.TryAdd(guest.Job, guest);

    public void Remove(PolledTask task) => _followed.TryRemove(new KeyValuePair<JobId, PolledTask>(task.Job, task));

    /// <summary>Takes a hint. False when the job is unknown here; the task, when it must be planned anew.</summary>
    public bool TryHint(JobId job, out PolledTask? toPlan)
    {
        // Followed, expected, and followed once more: between the first two looks it may have moved.
        if (TryHintFollowed(job, out toPlan)) return true;
        if (_expected.ContainsKey(job) && (_expected.TryUpdate(job, true, false) || _expected.ContainsKey(job))) return true;
        return TryHintFollowed(job, out toPlan);
    }

    private bool TryHintFollowed(JobId job, out PolledTask? toPlan)
    {
        toPlan = null;
        if (!_followed.TryGetValue(job, out var task)) return false;
        if (task.TryHint()) toPlan = task;
        return !task.IsRetired;
    }
}
