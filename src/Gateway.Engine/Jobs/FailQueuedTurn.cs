using Gateway.Engine.Turns;
using Gateway.Model.Ids;
using Gateway.Model.Jobs;
using Gateway.Model.Kinds;

namespace Gateway.Engine.Jobs;

/// <summary>Fails a job that waits for what will never come, such as a deleted account (L8).</summary>
internal sealed class FailQueuedTurn(JobId id, JobError error) : Turn<JobState?>
{
    public override TurnClass Class => TurnClass.Obligation;

    public override JobId? Job => id;

    protected override JobState? Run(TurnScope scope)
    {
        if (scope.Job(id) is not { Status: JobStatus.Queued } job) return scope.Job(id);
        var failed = job.Fail(error, charged: 0, scope.Now)!;
        scope.Put(failed);
        return failed;
    }
}
