using Gateway.Engine.Turns;
using Gateway.Model.Ids;
using Gateway.Model.Teams;

namespace Gateway.Engine.Teams;

internal sealed class ChangeTeamTurn(TeamId id, TeamPatch patch, string actor) : Turn<TeamState?>
{
    public override TurnClass Class => TurnClass.Admission;

    public override TeamId? Team => id;

    protected override TeamState? Run(TurnScope scope)
    {
        if (scope.Team(id) is not { } team) return null;
        var changed = patch.Apply(team.Team);
        scope.Put(changed);
        scope.Put(new AuditEntry(actor, "team.change", id.Value, Detail: null, scope.Now));
        return changed;
    }
}
