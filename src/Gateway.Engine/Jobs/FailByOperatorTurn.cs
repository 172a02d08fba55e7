using Gateway.Engine.Turns;
using Gateway.Model.Accounts;
using Gateway.Model.Ids;
using Gateway.Model.Jobs;
using Gateway.Model.Kinds;

namespace Gateway.Engine.Jobs;

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
        var failed = job.Fail(
            new JobError("failed_by_operator", "An operator ended the job."), job.Status == JobStatus.Queued ? 0 : null, scope.Now)!;
        scope.Put(failed);
        scope.Put(new AuditEntry(actor, "job.fail", id.ToString(), $"was {job.Status.Name}", scope.Now));
        return new OperatorResult(failed, true);
    }
}
