using Gateway.Engine.Teams;
using Gateway.Model.Accounts;
using Gateway.Model.Ids;

namespace Gateway.Grains.Routing;

/// <summary>What one team may hold of what all share, and the limits of its own that it has reached.</summary>
internal sealed class TeamShares(TeamLimitsView teams, FairnessOptions fairness)
{
    /// <summary>The part of the slots that one team may hold; 1 for all while there is one team alone.</summary>
    public double Slots => teams.AreSeveral ? fairness.SlotShare : 1;

    /// <summary>The part of them that may be without an answer.</summary>
    public double UnansweredSlots => teams.AreSeveral ? fairness.UnansweredShare : 1;

    /// <summary>Which limit of its own a team is at, as far as this node knows; null for none.</summary>
    public Refusal? WhyClosed(TeamId team) => teams.WhyClosed(team);

    /// <summary>A turn refused the team for a limit of its own.</summary>
    public void Close(TeamId team, Refusal refusal) => teams.Close(team, refusal);

    /// <summary>The team whose row a lease must be counted in; null where its limits do not bind leases.</summary>
    public TeamId? Bound(TeamId? team) => team is { } known && teams.Find(known).BoundLeases ? team : null;
}
