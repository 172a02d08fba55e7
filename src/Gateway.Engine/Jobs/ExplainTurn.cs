using Gateway.Engine.Turns;
using Gateway.Model.Ids;

namespace Gateway.Engine.Jobs;

/// <summary>Why a running job shows no progress (J8); null clears it. No change of status, so no event.</summary>
internal sealed class ExplainTurn(JobId id, int attempt, string? reason) : Turn<bool>
{
    public override TurnClass Class => TurnClass.Obligation;

    public override JobId? Job => id;

    protected override bool Run(TurnScope scope)
    {
        if (scope.Job(id) is not { } job || !job.IsAt(attempt) || job.Reason == reason) return false;
        scope.Put(job with { Reason = reason });
        return true;
    }
}
