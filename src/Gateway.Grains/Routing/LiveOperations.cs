using System.Collections.Concurrent;
using Gateway.Model.Accounts;
using Gateway.Model.Ids;
using Gateway.Model.Kinds;

namespace Gateway.Grains.Routing;

/// <summary>
/// The leases this process works on right now (L7). An operation enters before it asks for its lease and leaves after the
/// release is queued, so a lease of this node that is not in here has been forgotten. The breakers of overloads hear of both.
/// </summary>
internal sealed class LiveOperations(OverloadBreakers overloads)
{
    private readonly ConcurrentDictionary<LeaseId, byte> _leases = [];

    public int Count => _leases.Count;

    /// <summary>Why no such work is begun now, whatever the account says; null when it may be.</summary>
    public Refusal? Refuse(AccountState account, Work work, TeamId? team, DateTimeOffset now) => overloads.Refuse(account, work, team, now);

    /// <summary>A lease is about to be asked for.</summary>
    public void Begin(AccountState account, Work work, TeamId? team, LeaseId lease)
    {
        overloads.Send(account, work, team, lease);
        Enter(lease);
    }

    /// <summary>A lease that is there already is taken up.</summary>
    public void Enter(LeaseId lease) => _leases[lease] = 0;

    /// <summary>The operation is over, whatever came of it. Again changes nothing.</summary>
    public void Leave(LeaseId lease)
    {
        _leases.TryRemove(lease, out _);
        overloads.Leave(lease);
    }

    public bool Contains(LeaseId lease) => _leases.ContainsKey(lease);
}
