using Gateway.Model.Ids;

namespace Gateway.Silo.Polling;

// Hints that a task has moved, from whoever heard of it.
internal sealed partial class TaskPoller
{
    /// <summary>A job is about to be sent: a hint about it may come before its task is known here.</summary>
    public void Expect(JobId job) => _tasks.Expect(job);

    /// <summary>It was not accepted, or nobody knows.</summary>
    public void Unexpect(JobId job) => _tasks.Unexpect(job);

    /// <summary>
    /// Somebody says that a job's task has moved: it is polled soon, wherever it is followed. Nothing else is believed (J2).
    /// False when there is no such task any more.
    /// </summary>
    public async Task<bool> HintAsync(JobId job, CancellationToken cancellationToken)
    {
        if (!_tasks.TryHint(job, out var toPlan)) return await HintElsewhereAsync(job, cancellationToken);
        if (toPlan is not null) _steps.Writer.TryWrite(new PollStep.Hinted(toPlan));
        return true;
    }

    /// <summary>Whether a job has a task, or is being sent, here or on another node.</summary>
    public async Task<bool> KnowsAsync(JobId job, CancellationToken cancellationToken) =>
        _tasks.Knows(job) || await questions.FindLeaseAsync(job, cancellationToken) is not null;

    // Evidence may come from any node (J2), so a task that another one follows is looked at here: its poller finds the lease
    // gone. Without a task there is nothing to ask about; who is sending it will ask.
    private async Task<bool> HintElsewhereAsync(JobId job, CancellationToken cancellationToken)
    {
        if (await questions.FindLeaseAsync(job, cancellationToken) is not var (account, lease)) return false;
        if (lease.TaskId is null) return true;

        var guest = new PolledTask(account, lease, isGuest: true) { IsProgressKnown = false };
        guest.TryHint();
        if (_tasks.TryAdd(guest)) _steps.Writer.TryWrite(new PollStep.Planned(guest, time.GetUtcNow()));
        return true;
    }
}
