using Gateway.Engine.Turns;
using Gateway.Model.Ids;
using Gateway.Model.Jobs;
using Gateway.Model.Kinds;

namespace Gateway.Engine.Jobs;

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
        if (scope.Job(id) is not { Status: JobStatus.Unknown } job || job.Requeue("resubmitted by an operator") is not { } queued)
            return new OperatorResult(scope.Job(id), false);
        var renewed = queued with
        {
            QueueUntil = queued.QueueUntil is { } until && until > scope.Now ? until : scope.Now + JobState.DefaultMaxQueueAge,
        };
        scope.Put(renewed);
        scope.Put(new AuditEntry(actor, "job.resubmit", id.ToString(), $"attempt {job.Attempt} on account {job.Account}", scope.Now));
        return new OperatorResult(renewed, true);
    }
}
