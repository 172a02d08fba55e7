using Gateway.Engine.Teams;

namespace Gateway.Grains.Routing;

/// <summary>How many calls may wait for a slot on this node, and how many of one team: all while there is one team alone.</summary>
internal sealed class WaitingPlaces(QueueOptions queue, FairnessOptions fairness, TeamLimitsView teams)
{
    public int All => queue.MaxWaitingCalls;

    public int OfTeam => teams.AreSeveral ? TeamShare.MostOf(fairness.WaitingShare, All) : All;
}
