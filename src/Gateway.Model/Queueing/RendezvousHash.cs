namespace Gateway.Model.Queueing;

/// <summary>
/// Gives each key to one of some nodes by rendezvous (highest random weight) hashing: the same everywhere, even over the nodes,
/// and a node that joins or leaves moves no key but its own. Immutable.
/// </summary>
internal sealed class RendezvousHash
{
    private readonly string[] _nodes;
    private readonly ulong[] _seeds;

    public RendezvousHash(IEnumerable<string> nodes)
    {
        _nodes = [.. nodes.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        _seeds = [.. _nodes.Select(Hash)];
    }

    public IReadOnlyList<string> Nodes => _nodes;

    /// <summary>The node with the highest weight for this key; null when there is none.</summary>
    public string? Find(string key)
    {
        if (_nodes.Length == 0) return null;
        var hash = Hash(key);
        var best = 0;
        for (var i = 1; i < _seeds.Length; i++)
            if (Mix(_seeds[i] ^ hash) > Mix(_seeds[best] ^ hash)) best = i;
        return _nodes[best];
    }

    // FNV-1a over UTF-16, 64 bits, then mixed: string.GetHashCode differs between processes.
    private static ulong Hash(string text)
    {
        var hash = 14695981039346656037UL;
        foreach (var value in text) hash = (hash ^ value) * 1099511628211UL;
        return Mix(hash);
    }

    // The finalizer of MurmurHash3: every bit of the input moves half of the output's.
    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 33)) * 0xff51afd7ed558ccdUL;
        value = (value ^ (value >> 33)) * 0xc4ceb9fe1a85ec53UL;
        return value ^ (value >> 33);
    }
}
