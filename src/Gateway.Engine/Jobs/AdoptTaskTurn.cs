using Gateway.Engine.Turns;
using Gateway.Model.Ids;
using Gateway.Model.Kinds;

namespace Gateway.Engine.Jobs;

/// <summary>An operator found the task of a job nobody knew about (J4): it runs, and is followed like any other.</summary>
internal sealed class AdoptTaskTurn(AccountId account, JobId id, string taskId, string actor) : Turn<OperatorResult>
{
    public override TurnClass Class => TurnClass.Admission;

    public override AccountId? Account => account;

    public override JobId? Job => id;

    protected override OperatorResult Run(TurnScope scope)
    {
        // The slot is still the job's: an unknown job keeps it until its hard end.
        if (scope.Job(id) is not { Status: JobStatus.Unknown, Lease: { } lease } job || job.Account != account)
            return new OperatorResult(scope.Job(id), false);
        if (scope.Account(account) is not { } state || state.FindLease(lease) is null || job.Run(taskId) is not { } running)
            return new OperatorResult(job, false);

        scope.Put(state.NoteTask(lease, taskId));
        scope.Put(running);
        scope.Put(new AuditEntry(actor, "job.adopt", id.ToString(), $"task {taskId} on account {account}", scope.Now));
        return new OperatorResult(running, true);
    }
}
