using System.Collections.Concurrent;
using Gateway.Model.Ids;

namespace Gateway.Grains.Routing;

/// <summary>
/// The leases this process works on right now (L7). An operation enters before it asks for its lease and leaves after the
/// release is queued, so a lease of this node that is not in here has been forgotten.
/// </summary>
internal sealed class LiveOperations
{
    private readonly ConcurrentDictionary<LeaseId, byte> _leases = [];

    public int Count => _leases.Count;

    public void Enter(LeaseId lease) => _leases[lease] = 0;

    public void Leave(LeaseId lease) => _leases.TryRemove(lease, out _);

    public bool Contains(LeaseId lease) => _leases.ContainsKey(lease);
}
