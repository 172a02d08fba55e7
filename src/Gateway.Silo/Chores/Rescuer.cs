using Gateway.Engine.Jobs;
using Gateway.Engine.Storage;
using Gateway.Engine.Turns;
using Gateway.Grains.Accounts;
using Gateway.Grains.Jobs;
using Gateway.Grains.Routing;
using Gateway.Model.Accounts;
using Gateway.Model.Ids;
using Gateway.Model.Jobs;
using Gateway.Model.Kinds;
using Gateway.Silo.Polling;

namespace Gateway.Silo.Chores;

/// <summary>Walks all leases (L4): adopts what other nodes left, resumes what nobody works on, ends what is past its time.</summary>
internal sealed partial class Rescuer(
    Membership membership,
    IQueryStore queries,
    AccountGrain accounts,
    JobGrain jobs,
    RouterGrain router,
    Homes homes,
    TaskPoller poller,
    LiveOperations live,
    NodeIdentity node,
    NodeLife life,
    TimeProvider time,
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
        await Task.WhenAll(accounts.SelectMany(account => account.Leases, (account, lease) => TryLookOverAsync(account, lease, missed, left, cancellationToken)));
        (_missedBefore, _leftBefore) = (missed, left);
    }

    // One lease that cannot be ended must not keep the others from being looked after.
    private async Task TryLookOverAsync(AccountState account, Lease lease, HashSet<LeaseId> missed, HashSet<LeaseId> left, CancellationToken cancellationToken)
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

    private async Task LookOverAsync(AccountState account, Lease lease, HashSet<LeaseId> missed, HashSet<LeaseId> left, CancellationToken cancellationToken)
    {
        var isOwn = lease.Owner == node.Incarnation;
        if (!isOwn && !(membership.HasLeft(lease) && IsOurs(account, lease, left))) return;

        // A known task is asked a last time: the poller frees the slot, or finds a result.
        if (lease.TaskId is null && lease.HasLapsed(time.GetUtcNow())) await LapseAsync(account, lease);
        else if (!isOwn) await AdoptAsync(account, lease, cancellationToken);
        else if (!live.Contains(lease.Id) && (_missedBefore.Contains(lease.Id) || !missed.Add(lease.Id))) await ResumeAsync(account, lease, cancellationToken);
    }

    // Each live node adopts the orphaned leases of the accounts homed on it; leases still orphaned at the next look go to any node.
    private bool IsOurs(AccountState account, Lease lease, HashSet<LeaseId> left)
    {
        if (membership.IsLeaving) return false;
        left.Add(lease.Id);
        return homes.Has(account.Id) || _leftBefore.Contains(lease.Id);
    }

    // L4, J4: the time is up, whatever the upstream does now.
    private async Task LapseAsync(AccountState account, Lease lease)
    {
        LogLapsed(account.Id, lease.Id, lease.Job);
        if (lease.Job is not { } job)
            accounts.Release(account.Id, lease.Id, new Settlement.Lapsed("hard end"));
        else
            await jobs.EndAttemptAsync(job, account.Id, lease, AttemptEnd.PastHardEnd);
    }

    // L5: a call died with its caller's connection; a job goes on.
    private async Task AdoptAsync(AccountState account, Lease lease, CancellationToken cancellationToken)
    {
        if (lease.IsCall)
        {
            accounts.Release(account.Id, lease.Id, new Settlement.Lapsed("the node that ran it died"));
            return;
        }

        if (await accounts.AdoptAsync(account.Id, lease.Id, lease.Owner, cancellationToken) is not { } adopted) return;
        LogAdopted(account.Id, lease.Job, lease.Owner);
        await ResumeAsync(account, adopted, cancellationToken);
    }

    private async Task ResumeAsync(AccountState account, Lease lease, CancellationToken cancellationToken)
    {
        if (lease.Job is not { } id)
            accounts.Release(account.Id, lease.Id, new Settlement.Lapsed("nobody holds it"));
        else if (lease.TaskId is not null)
            poller.Resume(account.Id, lease);
        else
            await ResumeAsync(account, lease, await queries.JobAsync(id, cancellationToken));
    }

    // Without a task there is nobody to ask: what was being sent may have been accepted, what had begun to stream was (J4, J10).
    private async Task ResumeAsync(AccountState account, Lease lease, JobState? job)
    {
        if (job?.IsAt(lease.Attempt) != true) return;
        if (job.Status == JobStatus.Submitting) await jobs.LoseSightAsync(job.Id, lease, "the gateway stopped while the request was being sent");
        if (job.Status == JobStatus.Running) await jobs.EndAttemptAsync(job.Id, account.Id, lease, AttemptEnd.StreamBroken);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Lease {Lease} of account {Account} could not be looked after; the next look tries again.")]
    private partial void LogNotLookedAfter(LeaseId lease, AccountId account, Exception failure);

    [LoggerMessage(Level = LogLevel.Information, Message = "Adopted job {Job} on account {Account} from incarnation {From}.")]
    private partial void LogAdopted(AccountId account, JobId? job, string from);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Lease {Lease} of account {Account} (job {Job}) is past its hard end and was freed.")]
    private partial void LogLapsed(AccountId account, LeaseId lease, JobId? job);
}
