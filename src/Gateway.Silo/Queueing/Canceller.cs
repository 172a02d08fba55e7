using Gateway.Engine.Jobs;
using Gateway.Engine.Storage;
using Gateway.Engine.Upstreams;
using Gateway.Grains.Jobs;
using Gateway.Model.Accounts;
using Gateway.Model.Ids;
using Gateway.Model.Jobs;
using Gateway.Model.Kinds;

namespace Gateway.Silo.Queueing;

/// <summary>
/// Cancels jobs: for the caller at once, and at the upstream where it can. What the upstream does not take back keeps its slot
/// to its own end (L4).
/// </summary>
internal sealed partial class Canceller(
    JobGrain jobs, IQueryStore queries, IUpstreamRegistry upstreams, Credentials credentials, TimeProvider time, ILogger<Canceller> logger)
{
    /// <summary>How long a caller's cancel waits for the upstream: it has happened already, this is only about the slot.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private static readonly AttemptEnd EndedUnseen = new AttemptEnd.Lapsed(
        new JobError("deleted", "The task had ended when it was cancelled, and its record was deleted."));

    /// <summary>Cancels a job; what has ended stays as it is. Null when there is none.</summary>
    public async Task<JobState?> CancelAsync(JobState before, CancellationToken cancellationToken)
    {
        if (await jobs.CancelAsync(before.Id, cancellationToken) is not { } cancelled) return null;
        return cancelled.Status == JobStatus.Cancelled && !before.Status.IsTerminal ? await FreeAsync(cancelled) ?? cancelled : cancelled;
    }

    /// <summary>
    /// Tries to take the task of a cancelled job back, so that its slot is free before its time. Answers the job when it was.
    /// </summary>
    public async Task<JobState?> FreeAsync(JobState job)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        try
        {
            return await TakeBackAsync(job, patience.Token) is CancelOutcome.Taken or CancelOutcome.Deleted
                ? await queries.JobAsync(job.Id, patience.Token)
                : null;
        }
        catch (OperationCanceledException)
        {
            LogNotTaken(job.Id, $"no answer within {Patience.TotalSeconds:0} s");
            return null;
        }
    }

    /// <summary>
    /// Asks the upstream to end the job's task. A task that is taken back ends the attempt, unbilled; one whose record is gone ends it,
    /// charged.
    /// </summary>
    public async Task<CancelOutcome> TakeBackAsync(JobState job, CancellationToken cancellationToken)
    {
        var account = await AccountOfAsync(job, cancellationToken);
        var outcome = await AskAsync(job, account, cancellationToken);
        if (outcome is CancelOutcome.Trouble trouble) LogNotTaken(job.Id, trouble.Why);
        // Evidence, from whoever brings it (J2).
        AttemptEnd? end =
            outcome switch { CancelOutcome.Taken => new AttemptEnd.TakenBack(), CancelOutcome.Deleted => EndedUnseen, _ => null };
        if (end is not null && job.Lease is { } id && account!.FindLease(id) is { } lease)
            await jobs.EndAttemptAsync(job.Id, account.Id, lease, end);
        return outcome;
    }

    /// <summary>Asks the upstream alone: of a task that has ended it deletes the record.</summary>
    public async Task<CancelOutcome> AskAsync(JobState job, CancellationToken cancellationToken) =>
        await AskAsync(job, await AccountOfAsync(job, cancellationToken), cancellationToken);

    // From the store: nobody tells other nodes of a lease that was granted, and the job may run anywhere.
    private async Task<AccountState?> AccountOfAsync(JobState job, CancellationToken cancellationToken) =>
        job.Account is { } account ? await queries.AccountAsync(account, cancellationToken) : null;

    private async Task<CancelOutcome> AskAsync(JobState job, AccountState? account, CancellationToken cancellationToken)
    {
        if (job.TaskId is not { } task || account is null) return new CancelOutcome.Refused();
        if (upstreams.Find(account.Driver) is not { } upstream || credentials.For(account) is not { } target)
            return new CancelOutcome.Refused();
        return await upstream.CancelAsync(target, new UpstreamRequest(job.Id, job.Kind, job.Operation, default), task, cancellationToken);
    }

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "The upstream was not heard about the cancel of job {Job}: {Why}. Its slot is followed to the end.")]
    private partial void LogNotTaken(JobId job, string why);
}
