using Gateway.Model.Ids;
using Gateway.Model.Queueing;

namespace Gateway.Engine.Turns;

/// <summary>
/// Which accounts are homed on this node (Q6): those that the hash over the members gives it. Nodes that work on their own
/// accounts first keep out of each other's way. A preference, read from the <c>node</c> table and a moment old; nothing is
/// wrong when two nodes see different members.
/// </summary>
internal sealed class Homes(NodeIdentity node)
{
    private volatile RendezvousHash _members = new([]);

    public IReadOnlyList<string> Members => _members.Nodes;

    /// <summary>Whether the account is homed here. Before anybody is a member every account is at home everywhere.</summary>
    public bool Has(AccountId account) =>
        _members is var members && (members.Nodes.Count == 0 || members.Find(account.Value) == node.Incarnation);

    /// <summary>Takes the members as they are now; answers whether they are others than before.</summary>
    public bool Set(IEnumerable<string> members)
    {
        var next = new RendezvousHash(members);
        if (next.Nodes.SequenceEqual(_members.Nodes)) return false;
        _members = next;
        return true;
    }
}
