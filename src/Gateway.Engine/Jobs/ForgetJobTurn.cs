using Gateway.Engine.Turns;
using Gateway.Model.Ids;
using Gateway.Model.Jobs;
using Gateway.Model.Kinds;

namespace Gateway.Engine.Jobs;

/// <summary>Hides a job that has ended from the surface it came by.</summary>
internal sealed class ForgetJobTurn(JobId id) : Turn<JobState?>
{
    public override TurnClass Class => TurnClass.Obligation;

    public override JobId? Job => id;

    protected override JobState? Run(TurnScope scope)
    {
        if (scope.Job(id) is not { Status.IsTerminal: true } job) return scope.Job(id);
        var forgotten = job with { IsForgotten = true };
        scope.Put(forgotten);
        return forgotten;
    }
}
