using Gateway.Model.Accounts;

namespace Gateway.Grains.Routing;

/// <summary>A number of slots of one team.</summary>
/// <param name="Held">All it holds.</param>
/// <param name="Unanswered">Those of requests of jobs that no upstream has answered (<see cref="Lease.IsUnanswered"/>).</param>
/// <param name="Own">Those of the unanswered that are this node's.</param>
internal readonly record struct SlotCount(int Held, int Unanswered, int Own)
{
    public static SlotCount operator +(SlotCount left, SlotCount right) =>
        new(left.Held + right.Held, left.Unanswered + right.Unanswered, left.Own + right.Own);

    public static SlotCount operator -(SlotCount left, SlotCount right) =>
        new(left.Held - right.Held, left.Unanswered - right.Unanswered, left.Own - right.Own);
}
