using Gateway.Engine.Turns;
using Gateway.Model.Ids;
using Gateway.Model.Jobs;

namespace Gateway.Engine.Jobs;

/// <summary>Nobody can tell whether the upstream took the attempt; slot and reservation stay (J4).</summary>
internal sealed class LoseSightTurn(JobId id, int attempt, string reason) : Turn<JobState?>
{
    public override TurnClass Class => TurnClass.Obligation;

    public override JobId? Job => id;

    protected override JobState? Run(TurnScope scope)
    {
        if (scope.Job(id) is not { } job || !job.IsAt(attempt)) return scope.Job(id);
        if (job.LoseSight(reason) is not { } unknown) return job;

        scope.Put(unknown);
        return unknown.CancelRequested ? scope.CancelNow(unknown) : unknown;
    }
}
