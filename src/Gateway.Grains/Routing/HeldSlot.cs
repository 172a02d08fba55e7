using Gateway.Model.Ids;

namespace Gateway.Grains.Routing;

/// <summary>One slot that is taken, or asked for.</summary>
internal readonly record struct HeldSlot(TeamId Team, bool IsUnanswered, bool IsOwn)
{
    public SlotCount Count => new(1, IsUnanswered ? 1 : 0, IsUnanswered && IsOwn ? 1 : 0);
}
