using Gateway.Engine.Jobs;
using Gateway.Engine.Upstreams;
using Gateway.Grains.Jobs;
using Gateway.Model.Accounts;
using Gateway.Model.Answers;
using Gateway.Model.Ids;
using Gateway.Model.Jobs;
using Gateway.Model.Kinds;
using Gateway.Model.Queueing;
using Gateway.Silo.Polling;

namespace Gateway.Silo.Queueing;

/// <summary>Writes down what came of an attempt. Whatever is not a clear answer becomes <c>unknown</c> (J3).</summary>
internal sealed partial class AttemptOutcomes(
    JobGrain jobs, TaskPoller poller, Canceller canceller, StreamRecorder recorder, RetryPause pause, ILogger<Submitter> logger)
{
    /// <returns>Whether the task goes on and is followed.</returns>
    public async Task<bool> WriteDownAsync(JobState job, Lease lease, AccountState account, SubmitOutcome outcome, bool isRepeat)
    {
        switch (outcome)
        {
            case SubmitOutcome.Accepted accepted:
                var noted = await jobs.NoteTaskAsync(job.Id, account.Id, lease, accepted.TaskId);
                poller.Follow(account.Id, lease with { TaskId = accepted.TaskId });
                if (noted is { Status: JobStatus.Cancelled }) await canceller.FreeAsync(noted);
                return true;
            case SubmitOutcome.Completed completed:
                await jobs.SucceedAsync(job.Id, account.Id, lease, completed.Result, fileId: null, completed.Usage, CancellationToken.None);
                return false;
            case SubmitOutcome.Streaming streaming:
                await recorder.RecordAsync(job, lease, account.Id, streaming.Answer);
                return false;
            case SubmitOutcome.Refused refused:
                LogRefused(job.Id, account.Id, refused.Error.Class, refused.Error.Describe());
                await jobs.EndAttemptAsync(job.Id, account.Id, lease, new AttemptEnd.Failed(refused.Error, isRepeat));
                return false;
            case SubmitOutcome.Unclear unclear:
                LogUnclear(job.Id, account.Id, unclear.Why);
                await jobs.LoseSightAsync(job.Id, lease, unclear.Why);
                return false;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    /// <summary>The request could not be read: the job waits on.</summary>
    // After a pause: a store in trouble is not asked in a circle.
    public async Task GiveBackAsync(JobState job, Lease lease, AccountState account)
    {
        await pause.WaitAsync(CancellationToken.None);
        await jobs.EndAttemptAsync(job.Id, account.Id, lease, new AttemptEnd.NotSent("its request could not be read"));
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Account {Account} refused job {Job} ({Class}): {Why}")]
    private partial void LogRefused(JobId job, AccountId account, ErrorClass @class, string why);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message =
            "Nobody knows whether account {Account} took job {Job}: {Why}. It keeps its slot until evidence comes or its time is up.")]
    private partial void LogUnclear(JobId job, AccountId account, string why);
}
