using Gateway.Engine.Storage;
using Gateway.Engine.Turns;
using Gateway.Engine.Upstreams;
using Gateway.Grains.Accounts;
using Gateway.Grains.Routing;
using Gateway.Model.Accounts;
using Gateway.Model.Answers;
using Gateway.Model.Ids;
using Gateway.Model.Jobs;
using Gateway.Model.Queueing;

namespace Gateway.Silo.Queueing;

/// <summary>
/// Sends an attempt, and once more where an account has passing trouble: within the attempt, on the slot it holds, for what is about the
/// only account is not a matter for the queue. The account learns from the first answer, as it does from a call's first try.
/// </summary>
internal sealed partial class RepeatingSender(
    AttemptSender sender, AccountGrain accounts, IQueryStore queries, RouterGrain router, RetryPause pause, NodeLife life,
    ILogger<Submitter> logger)
{
    public async Task<(SubmitOutcome? Outcome, bool IsRepeat)> SendAsync(JobState job, Lease lease, AccountState account)
    {
        var outcome = await sender.SendAsync(job, lease, account);
        if (outcome is not SubmitOutcome.Refused { Error: var error }
            || !IsWorthRepeating(job, account, error)
            || !await MayRepeatAsync(job))
            return (outcome, false);
        LogRepeats(job.Id, account.Id, error.Describe());
        accounts.Learn(account.Id, error, account.SealedSecret, job.Team);
        return (await sender.SendAsync(job, lease, account), true);
    }

    private bool IsWorthRepeating(JobState job, AccountState account, UpstreamError error) => job.After(account.Id, error) switch
    {
        RetryDecision.Here => true,
        RetryDecision.ElsewhereElseHere => !router.CanServeNow(job.Work, except: account.Id),
        _ => false,
    };

    // A cancel, or an end by other hands, that came meanwhile is heeded.
    private async Task<bool> MayRepeatAsync(JobState job)
    {
        try
        {
            await pause.WaitAsync(life.Proof);
            return await queries.JobAsync(job.Id, life.Proof) is { CancelRequested: false } now && now.IsAt(job.Attempt);
        }
        catch (Exception failure) when (failure is OperationCanceledException or StoreUnavailableException)
        {
            return false; // what the account answered stands
        }
    }

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "Account {Account} has passing trouble with job {Job} and no other is free; once more: {Why}")]
    private partial void LogRepeats(JobId job, AccountId account, string why);
}
