using Gateway.Model.Ids;

namespace Gateway.Grains.Routing;

/// <summary>
/// One model the vendor has no room for, as this node knows it: everybody stays away until an instant, then one request
/// probes. Immutable; closed is null.
/// </summary>
/// <param name="Trips">Overloads in a row; they choose the next pause.</param>
/// <param name="Until">Open before, half-open from here on.</param>
/// <param name="Probe">The request that is out to see; null when the next may be it.</param>
/// <param name="ProbeUntil">When a probe that was not heard of is given up.</param>
internal sealed record OverloadBreaker(int Trips, DateTimeOffset Until, LeaseId? Probe = null, DateTimeOffset? ProbeUntil = null)
{
    /// <summary>As long as the longest pause: a vendor that has room answers sooner.</summary>
    public static readonly TimeSpan ProbePatience = TimeSpan.FromSeconds(30);

    /// <summary>After so long without a request the past says nothing: the next overload is a first one.</summary>
    private static readonly TimeSpan Memory = TimeSpan.FromMinutes(2);

    /// <summary>When asking may help; null when a request may go out now.</summary>
    public DateTimeOffset? BusyUntil(DateTimeOffset now) =>
        now < Until ? Until
        : Probe is not null && now < ProbeUntil ? ProbeUntil
        : null;

    public bool IsForgotten(DateTimeOffset now) => now >= Until + Memory;

    /// <summary>A request goes out; the first after the pause is the probe.</summary>
    public OverloadBreaker Send(LeaseId request, DateTimeOffset now) =>
        BusyUntil(now) is null ? this with { Probe = request, ProbeUntil = now + ProbePatience } : this;

    /// <summary>The vendor was overloaded. Those who were under way when it opened add nothing: they all met the same moment.</summary>
    public static OverloadBreaker Trip(OverloadBreaker? before, DateTimeOffset now, Func<int, TimeSpan> pause)
    {
        if (before is null || before.IsForgotten(now)) return new OverloadBreaker(1, now + pause(1));
        return now < before.Until ? before : new OverloadBreaker(before.Trips + 1, now + pause(before.Trips + 1));
    }

    /// <summary>A request was served: closed (null) once the pause is over. Before, it only shows that some still get through.</summary>
    public OverloadBreaker? Succeed(DateTimeOffset now) => now < Until ? this : null;

    /// <summary>The request ended and showed nothing about the vendor's room; another may probe.</summary>
    public OverloadBreaker Leave(LeaseId request) => Probe == request ? this with { Probe = null, ProbeUntil = null } : this;
}
