using Gateway.Engine.Turns;
using Gateway.Model.Ids;
using Gateway.Model.Teams;

namespace Gateway.Engine.Teams;

internal sealed class CreateTeamTurn(TeamId id, string name, int weight, TeamLimits limits, string actor) : Turn<TeamState>
{
    public override TurnClass Class => TurnClass.Admission;

    protected override TeamState Run(TurnScope scope)
    {
        var team = new TeamState(id, name, weight, scope.Now) { Limits = limits };
        scope.Put(team);
        scope.Put(new AuditEntry(actor, "team.create", id.Value, Detail: null, scope.Now));
        return team;
    }
}
