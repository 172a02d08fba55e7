using Gateway.Engine.Turns;
using Gateway.Model.Ids;

namespace Gateway.Engine.Jobs;

/// <summary>A job's time has come: it is ready, or it is over (J1). Too early, nothing changes. Answers whether something did.</summary>
internal sealed class WakeJobTurn(JobId id) : Turn<bool>
{
    public override TurnClass Class => TurnClass.Obligation;

    public override JobId? Job => id;

    protected override bool Run(TurnScope scope)
    {
        if (scope.Job(id)?.Wake(scope.Now) is not { } woken) return false;
        scope.Put(woken);
        return true;
    }

    // Another node wakes it, or moves it otherwise; where neither, the timer looks again.
    protected override bool TryYield(HeldRow row, out bool result)
    {
        result = false;
        return true;
    }
}
