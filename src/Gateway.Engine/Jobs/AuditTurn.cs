using Gateway.Engine.Turns;

namespace Gateway.Engine.Jobs;

/// <summary>An entry in the audit trail for what is no turn of its own.</summary>
internal sealed class AuditTurn(string actor, string action, string target, string? detail) : Turn<bool>
{
    public override TurnClass Class => TurnClass.Admission;

    protected override bool Run(TurnScope scope)
    {
        scope.Put(new AuditEntry(actor, action, target, detail, scope.Now));
        return true;
    }
}
