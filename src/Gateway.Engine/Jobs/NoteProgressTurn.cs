using Gateway.Engine.Turns;
using Gateway.Model.Ids;
using Gateway.Model.Jobs;
using Gateway.Model.Kinds;

namespace Gateway.Engine.Jobs;

/// <summary>How far a running job has come (P3). No change of status, so no event.</summary>
internal sealed class NoteProgressTurn(JobId id, int attempt, JobProgress progress) : Turn<bool>
{
    public override TurnClass Class => TurnClass.Obligation;

    public override JobId? Job => id;

    protected override bool Run(TurnScope scope)
    {
        if (scope.Job(id) is not { Status: JobStatus.Running } job
            || !job.IsAt(attempt)
            || (job.Progress ?? JobProgress.AtWork) == progress)
            return false;
        scope.Put(job with { Progress = progress });
        return true;
    }
}
