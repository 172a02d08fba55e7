using Gateway.Model.Ids;
using Gateway.Model.Kinds;

namespace Gateway.Engine.Turns;

/// <summary>
/// Puts an obligation aside that the database keeps refusing (T7): the job keeps its status with reason <c>parked</c>, its
/// slot stays taken until <c>hardEnd</c>, and an operator finds the entry.
/// </summary>
internal sealed class ParkTurn(Turn obligation, string error) : Turn<bool>
{
    public override TurnClass Class => TurnClass.Obligation;

    // The job's own row may be what cannot be read or written: then the entry alone must do.
    public override JobId? Job => SaveFailures == 0 ? obligation.Job : null;

    protected override bool Run(TurnScope scope)
    {
        scope.Put(new ParkedObligation(obligation.GetType().Name, $"account {obligation.Account} job {obligation.Job}", error, scope.Now));
        if (obligation.Job is { } id && scope.Job(id) is { Status.IsTerminal: false } job) scope.Put(job with { Reason = "parked" });
        return true;
    }
}
