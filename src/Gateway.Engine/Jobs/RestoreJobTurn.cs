using Gateway.Engine.Turns;
using Gateway.Model.Ids;

namespace Gateway.Engine.Jobs;

/// <summary>
/// S3: what a backup says of a job that had not ended is old. It may have been sent, it may have ended; sending it again could pay
/// it twice. Its slot stays where it has one, and evidence ends it like any other (J4).
/// </summary>
internal sealed class RestoreJobTurn(JobId id, TimeSpan maxQueueAge) : Turn<bool>
{
    public override TurnClass Class => TurnClass.Admission;

    public override JobId? Job => id;

    protected override bool Run(TurnScope scope)
    {
        if (scope.Job(id)?.Restore(scope.Now + maxQueueAge) is not { } unknown) return false;
        scope.Put(unknown);
        if (unknown.CancelRequested) scope.CancelNow(unknown);
        return true;
    }
}
