using Gateway.Engine.Jobs;
using Gateway.Engine.Storage;
using Gateway.Engine.Turns;
using Gateway.Grains.Routing;
using Gateway.Model.Accounts;
using Gateway.Model.Ids;

namespace Gateway.Silo.Chores;

/// <summary>
/// The nodes on this database as this one last saw them: buries who has not beaten for a lease's length (L2), and tells the
/// router whose home is where (Q6), and the source of ids whether all of them read short ones.
/// </summary>
internal sealed partial class Membership(
    INodeStore nodes, Homes homes, RouterGrain router, JobIdSource ids, UntoldCommits untold, NodeIdentity node, NodeLife life,
    ILogger<Membership> logger)
{
    private Dictionary<string, LiveNode> _live = [];

    /// <summary>Whether this node is about to end: it takes nothing over any more.</summary>
    public bool IsLeaving => _live.TryGetValue(node.Incarnation, out var own) && own.IsLeaving;

    /// <summary>Whether an account is homed on this node (Q6).</summary>
    public bool IsHome(AccountId account) => homes.Has(account);

    /// <summary>Looks again. True when somebody came, went, or is about to go.</summary>
    public async Task<bool> LookAsync(CancellationToken cancellationToken)
    {
        await BuryAsync(cancellationToken);
        var live = (await nodes.LiveAsync(cancellationToken)).ToDictionary(other => other.Incarnation);
        if (homes.Set(live.Values.Where(other => other.MayBeHome).Select(other => other.Incarnation))) router.Rehome();
        ids.MayShorten = live.Values.All(other => other.ReadsShortIds);

        (var before, _live) = (_live, live);
        return before.Count != live.Count
            || before.Values.Any(other => live.GetValueOrDefault(other.Incarnation)?.IsLeaving != other.IsLeaving);
    }

    /// <summary>
    /// Whether another node has left this lease: it is dead, or it is leaving and the lease is a job's that only waits for its upstream.
    /// </summary>
    public bool HasLeft(Lease lease) =>
        lease.Owner != node.Incarnation
            && (!_live.TryGetValue(lease.Owner, out var owner) || (owner.IsLeaving && lease.TaskId is not null));

    private async Task BuryAsync(CancellationToken cancellationToken)
    {
        if (!life.MayBury) return;
        var buried = await nodes.BuryAsync(life.Lease, except: node.Incarnation, cancellationToken);
        foreach (var dead in buried) LogBuried(dead);
        if (buried.Count > 0) untold.ReadByAll();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Incarnation {Incarnation} is dead: it has not beaten for a lease's length.")]
    private partial void LogBuried(string incarnation);
}
