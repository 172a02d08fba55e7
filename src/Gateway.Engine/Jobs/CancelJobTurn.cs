using Gateway.Engine.Turns;
using Gateway.Model.Ids;
using Gateway.Model.Jobs;
using Gateway.Model.Kinds;

namespace Gateway.Engine.Jobs;

/// <summary>
/// A caller's cancel. Queued ends at once; while the request is being sent it is remembered; running and unknown end for the
/// caller while the slot is followed to the upstream's own end (L4). Idempotent: a job that has ended stays as it is.
/// </summary>
internal sealed class CancelJobTurn(JobId id) : Turn<JobState?>
{
    public override TurnClass Class => TurnClass.Obligation;

    public override JobId? Job => id;

    protected override JobState? Run(TurnScope scope)
    {
        if (scope.Job(id) is not { } job || job.Status.IsTerminal) return scope.Job(id);
        if (job.Status != JobStatus.Submitting) return scope.CancelNow(job);

        var remembered = job.RequestCancel();
        scope.Put(remembered);
        return remembered;
    }
}
