using Gateway.Engine.Turns;
using Gateway.Grains.Routing;
using Gateway.Model.Accounts;
using Gateway.Model.Ids;

namespace Gateway.Silo.Chores;

/// <summary>Walks all leases (L4): adopts what other nodes left, resumes what nobody works on, ends what is past its time.</summary>
internal sealed partial class Rescuer(
    Membership membership, RouterGrain router, LiveOperations live, LeaseRescue rescue, NodeIdentity node, NodeLife life, TimeProvider time,
    ILogger<Rescuer> logger)
{
    // Missed once may be an operation between its lease and its registration; missed twice is forgotten (L7).
    private HashSet<LeaseId> _missedBefore = [];

    // Left by its owner, and not taken over by the node its account is homed at.
    private HashSet<LeaseId> _leftBefore = [];

    public async Task LookOverAsync(CancellationToken cancellationToken)
    {
        // Decisions about leases need a live fence (J2). After an outage or a freeze this node's own heartbeat is the oldest:
        // it beats first, or it would bury itself.
        if (!life.IsProven) return;

        // The accounts first: whoever owns a lease seen here was registered before, so that who is not seen alive after that is dead.
        await router.RefreshAsync(cancellationToken);
        var accounts = router.All();
        await membership.LookAsync(cancellationToken);

        // All at once: their turns share batches.
        HashSet<LeaseId> missed = [], left = [];
        await Task.WhenAll(
            accounts.SelectMany(
                account => account.Leases, (account, lease) => TryLookOverAsync(account, lease, missed, left, cancellationToken)));
        (_missedBefore, _leftBefore) = (missed, left);
    }

    // One lease that cannot be ended must not keep the others from being looked after.
    private async Task TryLookOverAsync(
        AccountState account, Lease lease, HashSet<LeaseId> missed, HashSet<LeaseId> left, CancellationToken cancellationToken)
    {
        try
        {
            await LookOverAsync(account, lease, missed, left, cancellationToken);
        }
        catch (StoreException refused)
        {
            LogNotLookedAfter(lease.Id, account.Id, refused);
        }
    }

    private async Task LookOverAsync(
        AccountState account, Lease lease, HashSet<LeaseId> missed, HashSet<LeaseId> left, CancellationToken cancellationToken)
    {
        var isOwn = lease.Owner == node.Incarnation;
        if (!isOwn && !(membership.HasLeft(lease) && IsOurs(account, lease, left))) return;

        // A known task is asked a last time: the poller frees the slot, or finds a result.
        if (lease.TaskId is null && lease.HasLapsed(time.GetUtcNow())) await rescue.LapseAsync(account, lease);
        else if (!isOwn) await rescue.AdoptAsync(account, lease, cancellationToken);
        else if (!live.Contains(lease.Id) && (_missedBefore.Contains(lease.Id) || !missed.Add(lease.Id)))
            await rescue.ResumeAsync(account, lease, cancellationToken);
    }

    // Each live node adopts the orphaned leases of the accounts homed on it; leases still orphaned at the next look go to any node.
    private bool IsOurs(AccountState account, Lease lease, HashSet<LeaseId> left)
    {
        if (membership.IsLeaving) return false;
        left.Add(lease.Id);
        return membership.IsHome(account.Id) || _leftBefore.Contains(lease.Id);
    }

    [LoggerMessage(
        Level = LogLevel.Error, Message = "Lease {Lease} of account {Account} could not be looked after; the next look tries again.")]
    private partial void LogNotLookedAfter(LeaseId lease, AccountId account, Exception failure);
}
