using Gateway.Api.Auth;

namespace Gateway.Api.Bodies;

/// <summary>Of the refused bodies that a team still sends, one is read away at a time: at full speed each would take a core (H3).</summary>
internal sealed class DrainLanes() : TeamLanes(atOnce: 1);
