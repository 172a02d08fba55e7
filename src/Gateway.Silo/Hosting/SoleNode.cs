using Gateway.Engine.Storage;

namespace Gateway.Silo.Hosting;

/// <summary>For what changes data that nobody may be using meanwhile.</summary>
internal static class SoleNode
{
    /// <summary>How many nodes but this one live on the data; who has not beaten for a lease is dead.</summary>
    public static async Task<int> CountOthersAsync(INodeStore nodes, string? self, TimeSpan lease, CancellationToken cancellationToken)
    {
        await nodes.BuryAsync(lease, self, cancellationToken);
        return (await nodes.LiveAsync(cancellationToken)).Count(node => node.Incarnation != self);
    }
}
