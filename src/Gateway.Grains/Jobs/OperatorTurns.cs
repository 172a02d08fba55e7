using Gateway.Grains.Accounts;
using Gateway.Grains.Turns;

namespace Gateway.Grains.Jobs;

/// <summary>What an operator's action on a job came to.</summary>
/// <param name="Job">The job as it is now; null when there is none.</param>
/// <param name="IsDone">False when the job's status does not allow it.</param>
internal sealed record OperatorResult(JobState? Job, bool IsDone);

/// <summary>An operator found the task of a job nobody knew about (J4): it runs, and is followed like any other.</summary>
internal sealed class AdoptTaskTurn(AccountId account, JobId id, string taskId, string actor) : Turn<OperatorResult>
{
    public override TurnClass Class => TurnClass.Admission;

    public override AccountId? Account => account;

    public override JobId? Job => id;

    protected override OperatorResult Run(TurnScope scope)
    {
        // The slot is still the job's: an unknown job keeps it until its hard end.
        if (scope.Job(id) is not { Status: JobStatus.Unknown, Lease: { } lease } job || job.Account != account) return new OperatorResult(scope.Job(id), false);
        if (scope.Account(account) is not { } state || state.FindLease(lease) is null || job.Run(taskId) is not { } running) return new OperatorResult(job, false);

        scope.Put(state.NoteTask(lease, taskId));
        scope.Put(running);
        scope.Put(new AuditEntry(actor, "job.adopt", id.ToString(), $"task {taskId} on account {account}", scope.Now));
        return new OperatorResult(running, true);
    }
}

/// <summary>
/// An operator ends a job that waits, or that nobody knows about. The slot of the latter stays taken: the upstream may work on it
/// (L4); to free it is an action of its own.
/// </summary>
internal sealed class FailByOperatorTurn(JobId id, string actor) : Turn<OperatorResult>
{
    public override TurnClass Class => TurnClass.Admission;

    public override JobId? Job => id;

    protected override OperatorResult Run(TurnScope scope)
    {
        if (scope.Job(id) is not { Status: JobStatus.Queued or JobStatus.Unknown } job) return new OperatorResult(scope.Job(id), false);
        var failed = job.Fail(new JobError("failed_by_operator", "An operator ended the job."), job.Status == JobStatus.Queued ? 0 : null, scope.Now)!;
        scope.Put(failed);
        scope.Put(new AuditEntry(actor, "job.fail", id.ToString(), $"was {job.Status.Name}", scope.Now));
        return new OperatorResult(failed, true);
    }
}

/// <summary>
/// An operator sends a job again that nobody knows about (J4). The first attempt keeps its slot and its reservation to its own end:
/// it may have been accepted, and then the work is done and paid twice.
/// </summary>
internal sealed class ResubmitTurn(JobId id, string actor) : Turn<OperatorResult>
{
    public override TurnClass Class => TurnClass.Admission;

    public override JobId? Job => id;

    protected override OperatorResult Run(TurnScope scope)
    {
        if (scope.Job(id) is not { Status: JobStatus.Unknown } job || job.Requeue("resubmitted by an operator") is not { } queued) return new OperatorResult(scope.Job(id), false);
        var renewed = queued with { QueueUntil = queued.QueueUntil is { } until && until > scope.Now ? until : scope.Now + JobState.DefaultMaxQueueAge };
        scope.Put(renewed);
        scope.Put(new AuditEntry(actor, "job.resubmit", id.ToString(), $"attempt {job.Attempt} on account {job.Account}", scope.Now));
        return new OperatorResult(renewed, true);
    }
}

/// <summary>An entry in the audit trail for what is no turn of its own.</summary>
internal sealed class AuditTurn(string actor, string action, string target, string? detail) : Turn<bool>
{
    public override TurnClass Class => TurnClass.Admission;

    protected override bool Run(TurnScope scope)
    {
        scope.Put(new AuditEntry(actor, action, target, detail, scope.Now));
        return true;
    }
}
