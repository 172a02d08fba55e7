using Gateway.Engine.Jobs;
using Gateway.Engine.Upstreams;
using Gateway.Grains.Accounts;
using Gateway.Grains.Jobs;
using Gateway.Model.Accounts;
using Gateway.Model.Answers;
using Gateway.Model.Ids;

namespace Gateway.Silo.Polling;

/// <summary>Writes down what polls found.</summary>
internal sealed partial class PollOutcomes(JobGrain jobs, AccountGrain accounts, TimeProvider time, ILogger<TaskPoller> logger)
{
    /// <summary>How long what an upstream has done may stay without a name: its slot waits for it.</summary>
    private static readonly TimeSpan LongestFinish = TimeSpan.FromMinutes(5);

    /// <summary>So many polls in a row without an answer are worth a word: one or two pass by themselves.</summary>
    private const int TroublesToTell = 3;

    private const string IsUnreadable = "the account's credential is refused; the task goes on and is read once it is renewed";
    private const string IsFinishing = "the upstream says that it is done and has not named the result yet";

    private static readonly UpstreamError ResultMissing =
        new(
            ErrorClass.Retry,
            Code: null,
            "The upstream said that the task was done and did not name its result in time.",
            Billed.Unknown,
            TimeSpan.Zero)
        { JobCode = UpstreamError.ResultMissing };

    private long _troubles;

    /// <summary>Polls without a useful answer since the start.</summary>
    public long Troubles => Interlocked.Read(ref _troubles);

    /// <summary>What a poll found.</summary>
    /// <returns>Whether there is something to follow still.</returns>
    public async Task<bool> WriteDownAsync(
        PolledTask task, JobId job, AccountState account, PollOutcome outcome, CancellationToken stoppingToken)
    {
        switch (outcome)
        {
            case PollOutcome.Succeeded done:
                await jobs.SucceedAsync(job, task.Account, task.Lease, done.Result, done.FileId, done.Usage, stoppingToken);
                return false;
            case PollOutcome.Failed failed:
                await jobs.EndAttemptAsync(job, task.Account, task.Lease, new AttemptEnd.Failed(failed.Error));
                return false;
            case PollOutcome.Cancelled:
                await jobs.EndAttemptAsync(job, task.Account, task.Lease, new AttemptEnd.TakenBack());
                return false;
            case PollOutcome.Finishing finishing:
                return await WaitForResultAsync(task, job, finishing, stoppingToken);
            case PollOutcome.Unreadable unreadable:
                LogUnreadable(job, task.Account, unreadable.Error.Describe());
                if (!account.Health.AuthFailed) accounts.Learn(account.Id, unreadable.Error, account.SealedSecret, task.Lease.Holder);
                Explain(task, job, IsUnreadable);
                return true;
            case PollOutcome.Trouble trouble:
                LogTrouble(job, task.Account, trouble.Why);
                NoteTrouble(task, job, trouble);
                return true;
            default:
                task.Troubles = 0;
                Explain(task, job, reason: null);
                if (outcome is PollOutcome.StillRunning { Progress: { } progress } && task.TryTell(progress, time.GetUtcNow()))
                    jobs.NoteProgress(job, task.Lease.Attempt, progress);
                return true;
        }
    }

    // Links and files have come some polls after the word. One that can be asked for later is not waited for without end.
    private async Task<bool> WaitForResultAsync(
        PolledTask task, JobId job, PollOutcome.Finishing finishing, CancellationToken stoppingToken)
    {
        var now = time.GetUtcNow();
        task.FinishingSince ??= now;
        task.Named = finishing.Named;
        if (now - task.FinishingSince < LongestFinish && !task.Lease.HasLapsed(now))
        {
            Explain(task, job, IsFinishing);
            return true;
        }

        if (finishing.Named is { } named)
            await jobs.SucceedAsync(job, task.Account, task.Lease, named.Result, named.FileId, named.Usage, stoppingToken);
        else if (task.Lease.HasLapsed(now)) return true; // its hard end says so itself
        else await jobs.EndAttemptAsync(job, task.Account, task.Lease, new AttemptEnd.Failed(ResultMissing));
        return false;
    }

    private void NoteTrouble(PolledTask task, JobId job, PollOutcome.Trouble trouble)
    {
        Interlocked.Increment(ref _troubles);
        task.Troubles++;
        if (trouble.Error is not null || task.Troubles >= TroublesToTell)
            Explain(
                task,
                job,
                $"the upstream's answer about it is no use: {trouble.Error?.DescribeToTeam() ?? trouble.Why}; it is asked again",
                $"{trouble.Error?.Class} {trouble.Error?.Code}");
    }

    /// <summary>Why a task does not move, told once; null when it moves again.</summary>
    public void Explain(PolledTask task, JobId job, string? reason, string? what = null)
    {
        if (task.TryExplain(what ?? reason)) jobs.Explain(job, task.Lease.Attempt, reason);
    }

    /// <summary>Ends a task whose time is up, whatever the upstream does from now on (L4, J4).</summary>
    /// <returns>Whether its time was up.</returns>
    public async Task<bool> LapseAsync(PolledTask task, JobId job)
    {
        if (task.IsGuest || !task.Lease.HasLapsed(time.GetUtcNow())) return false;
        LogLapsed(task.Lease.Id, task.Account, job);
        // What a poll before named is paid, and /content asks for it: a last look that was cut off takes it from nobody.
        if (task.Named is { } named)
            await jobs.SucceedAsync(job, task.Account, task.Lease, named.Result, named.FileId, named.Usage, CancellationToken.None);
        else await jobs.EndAttemptAsync(job, task.Account, task.Lease, AttemptEnd.PastHardEnd);
        return true;
    }

    [LoggerMessage(
        Level = LogLevel.Warning, Message = "Lease {Lease} of account {Account} (job {Job}) is past its hard end and was freed.")]
    private partial void LogLapsed(LeaseId lease, AccountId account, JobId job);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Job {Job} cannot be read: account {Account} answers {Why}.")]
    private partial void LogUnreadable(JobId job, AccountId account, string why);

    [LoggerMessage(Level = LogLevel.Debug, Message = "No useful answer about job {Job} from account {Account}: {Why}")]
    private partial void LogTrouble(JobId job, AccountId account, string why);
}
