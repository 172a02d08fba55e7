using Gateway.Engine.Jobs;
using Gateway.Engine.Storage;
using Gateway.Grains.Accounts;
using Gateway.Grains.Jobs;
using Gateway.Model.Accounts;
using Gateway.Model.Ids;
using Gateway.Model.Jobs;
using Gateway.Model.Kinds;
using Gateway.Silo.Polling;

namespace Gateway.Silo.Chores;

/// <summary>What is done about a lease that nobody works on.</summary>
internal sealed partial class LeaseRescue(
    AccountGrain accounts, JobGrain jobs, IQueryStore queries, TaskPoller poller, ILogger<Rescuer> logger)
{
    /// <summary>Ends it: its time is up, whatever the upstream does now (L4, J4).</summary>
    public async Task LapseAsync(AccountState account, Lease lease)
    {
        LogLapsed(account.Id, lease.Id, lease.Job);
        if (lease.Job is not { } job)
            accounts.Release(account.Id, lease.Id, new Settlement.Lapsed("hard end"));
        else
            await jobs.EndAttemptAsync(job, account.Id, lease, AttemptEnd.PastHardEnd);
    }

    /// <summary>Takes over what another node left (L5): a call died with its caller's connection, a job goes on.</summary>
    public async Task AdoptAsync(AccountState account, Lease lease, CancellationToken cancellationToken)
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

    /// <summary>Goes on from what is written down.</summary>
    public async Task ResumeAsync(AccountState account, Lease lease, CancellationToken cancellationToken)
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
        if (job.Status == JobStatus.Submitting)
            await jobs.LoseSightAsync(job.Id, lease, "the gateway stopped while the request was being sent");
        if (job.Status == JobStatus.Running) await jobs.EndAttemptAsync(job.Id, account.Id, lease, AttemptEnd.StreamBroken);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Adopted job {Job} on account {Account} from incarnation {From}.")]
    private partial void LogAdopted(AccountId account, JobId? job, string from);

    [LoggerMessage(
        Level = LogLevel.Warning, Message = "Lease {Lease} of account {Account} (job {Job}) is past its hard end and was freed.")]
    private partial void LogLapsed(AccountId account, LeaseId lease, JobId? job);
}
