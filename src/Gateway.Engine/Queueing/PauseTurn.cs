using Gateway.Engine.Turns;
using Gateway.Model.Queueing;

namespace Gateway.Engine.Queueing;

/// <summary>An operator pauses a lane, or everything, or ends a pause.</summary>
internal sealed class PauseTurn(string target, bool isPaused, string actor) : Turn<bool>
{
    public override TurnClass Class => TurnClass.Admission;

    protected override bool Run(TurnScope scope)
    {
        scope.Put(new PauseChange(target, isPaused ? new QueuePause(target, actor, scope.Now) : null));
        scope.Put(new AuditEntry(actor, isPaused ? "queue.pause" : "queue.resume", target, Detail: null, scope.Now));
        return true;
    }
}
