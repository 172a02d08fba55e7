using Gateway.Model.Operations;
using System.Collections.Concurrent;
using Gateway.Engine.Bodies;
using Gateway.Engine.Jobs;
using Gateway.Engine.Storage;
using Gateway.Engine.Turns;
using Gateway.Engine.Upstreams;
using Gateway.Grains.Accounts;
using Gateway.Grains.Jobs;
using Gateway.Grains.Routing;
using Gateway.Model.Accounts;
using Gateway.Model.Answers;
using Gateway.Model.Ids;
using Gateway.Model.Jobs;
using Gateway.Model.Kinds;
using Gateway.Model.Queueing;
using Gateway.Silo.Polling;

namespace Gateway.Silo.Queueing;

/// <summary>
/// Sends dispatched jobs to their upstream and writes down what came of it. The intent is committed before (J3), the task id
/// right after; whatever is not a clear answer becomes <c>unknown</c>.
/// </summary>
internal sealed partial class Submitter(
    JobGrain jobs,
    AccountGrain accounts,
    IBodyStore bodies,
    BodyBudget memory,
    IUpstreamRegistry upstreams,
    Credentials credentials,
    IQueryStore queries,
    RouterGrain router,
    OverloadBreakers overloads,
    RetryPause pause,
    LiveOperations live,
    TaskPoller poller,
    Canceller canceller,
    StreamRecorder recorder,
    NodeLife life,
    TimeProvider time,
    ILogger<Submitter> logger) : IHostedService
{
    /// <summary>What a stop gives a submit at least, whatever went before it: an answer lost here is a job nobody knows about.</summary>
    private static readonly TimeSpan LeastDrain = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<LeaseId, Task> _running = [];

    /// <summary>Starts an attempt whose lease is committed. The lease has been entered among the live operations before.</summary>
    public void Start(JobState job, Lease lease, AccountState account)
    {
        var task = SubmitAsync(job, lease, account);
        _running[lease.Id] = task;
        _ = task.ContinueWith(_ => _running.TryRemove(lease.Id, out var _), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>
    /// Waits until what is being sent has been answered and written down. Stopped after everything that starts a submit and
    /// before everything a submit needs.
    /// </summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        var drained = Task.WhenAll(_running.Values);
        if (drained.IsCompleted) return;

        LogDraining(_running.Count);
        using var least = new CancellationTokenSource(LeastDrain, time);
        foreach (var patience in new[] { cancellationToken, least.Token })
            await drained.WaitAsync(patience).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!drained.IsCompleted) LogNotDrained(_running.Count);
    }

    private async Task SubmitAsync(JobState job, Lease lease, AccountState account)
    {
        var isFollowed = false;
        poller.Expect(job.Id);
        try
        {
            var (outcome, isRepeat) = await SendAndRepeatAsync(job, lease, account);
            if (outcome is null) await GiveBackAsync(job, lease, account);
            else isFollowed = await WriteDownAsync(job, lease, account, outcome, isRepeat);
        }
        catch (Exception failure)
        {
            // The lease stays with its job: the keeper finds it and goes on from what is written down (L7).
            LogSubmitFailed(job.Id, account.Id, failure);
        }
        finally
        {
            poller.Unexpect(job.Id);
            if (!isFollowed) live.Leave(lease.Id);
            overloads.Leave(lease.Id);
        }
    }

    // Within the attempt, on the slot it holds: passing trouble at the only account is not a matter for the queue. The account learns from
    // the first answer, as it does from a call's first try.
    private async Task<(SubmitOutcome? Outcome, bool IsRepeat)> SendAndRepeatAsync(JobState job, Lease lease, AccountState account)
    {
        var outcome = await SendAsync(job, lease, account);
        if (outcome is not SubmitOutcome.Refused { Error: var error } || !IsWorthRepeating(job, account, error) || !await MayRepeatAsync(job)) return (outcome, false);
        LogRepeats(job.Id, account.Id, error.Describe());
        accounts.Learn(account.Id, error, account.SealedSecret, job.Team);
        return (await SendAsync(job, lease, account), true);
    }

    private bool IsWorthRepeating(JobState job, AccountState account, UpstreamError error) =>
        error is { Class: ErrorClass.Retry, Billed: Billed.No } &&
        !job.IsToBlameFor(error, account.Id) && job.Refusals.All(refusal => refusal.Account != account.Id) &&
        (error.Retry == RetryRule.OnceHereOnceElsewhere || !router.CanServeNow(job.Work, except: account.Id));

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

    private async Task<SubmitOutcome?> SendAsync(JobState job, Lease lease, AccountState account)
    {
        // L4 frees the slot at its hard end, so what is under way on it must be over by then.
        using var hardEnd = new CancellationTokenSource(lease.HardEnd - lease.Since, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(life.Proof, hardEnd.Token);
        var outcome = await SendAsync(job, account, either.Token);
        if (outcome is SubmitOutcome.Refused refused) overloads.Hear(account, job.Work, job.Team, lease.Id, refused.Error);
        else if (outcome is not (null or SubmitOutcome.Unclear)) overloads.Hear(account, job.Work, job.Team, lease.Id, error: null);
        return outcome;
    }

    // Null when the store did not give the request: the gateway's own trouble, no account's.
    private async Task<SubmitOutcome?> SendAsync(JobState job, AccountState account, CancellationToken cancellationToken)
    {
        byte[]? body;
        using var room = memory.Queue(job.Team, job.Request.Bytes);
        try
        {
            await room.Served.WaitAsync(cancellationToken);
            body = await bodies.ReadAsync(job.Id, BodyPart.Request, job.Request, life.Proof);
        }
        catch (Exception lost) when (lost is StoreUnavailableException or OperationCanceledException)
        {
            LogNotRead(job.Id, lost);
            return null;
        }
        catch (Exception failure)
        {
            // Nothing has been sent: never a reason to count the job as unknown (J1, J3).
            return new SubmitOutcome.Refused(NotSent($"its request could not be read: {failure.Message}"));
        }

        if (body is null || upstreams.Find(account.Driver) is not { } upstream || credentials.For(account) is not { } target)
            return new SubmitOutcome.Refused(NotSent("the request, the driver or the credential is gone"));
        var outcome = await upstream.SubmitAsync(target, new UpstreamRequest(job.Id, job.Kind, job.Operation, body) { IsStreamed = job.IsStreamed }, life.Require, cancellationToken);
        return outcome is SubmitOutcome.Refused refused ? refused with { Error = refused.Error.About(body) } : outcome;
    }

    private async Task<bool> WriteDownAsync(JobState job, Lease lease, AccountState account, SubmitOutcome outcome, bool isRepeat)
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

    // After a pause: a store in trouble is not asked in a circle.
    private async Task GiveBackAsync(JobState job, Lease lease, AccountState account)
    {
        await pause.WaitAsync(CancellationToken.None);
        await jobs.EndAttemptAsync(job.Id, account.Id, lease, new AttemptEnd.NotSent("its request could not be read"));
    }

    private static UpstreamError NotSent(string why) => new(ErrorClass.Retry, Code: null, why, Billed.No, TimeSpan.Zero);

    [LoggerMessage(Level = LogLevel.Information, Message = "Stopping: {Count} submits are still to be answered.")]
    private partial void LogDraining(int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Stopped with {Count} submits unanswered; the next start counts their jobs as unknown.")]
    private partial void LogNotDrained(int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The request of job {Job} could not be read; nothing was sent, and it waits on.")]
    private partial void LogNotRead(JobId job, Exception failure);

    [LoggerMessage(Level = LogLevel.Error, Message = "Submitting job {Job} to account {Account} failed; the keeper goes on from what is written down.")]
    private partial void LogSubmitFailed(JobId job, AccountId account, Exception failure);

    [LoggerMessage(Level = LogLevel.Information, Message = "Account {Account} has passing trouble with job {Job} and no other is free; once more: {Why}")]
    private partial void LogRepeats(JobId job, AccountId account, string why);

    [LoggerMessage(Level = LogLevel.Information, Message = "Account {Account} refused job {Job} ({Class}): {Why}")]
    private partial void LogRefused(JobId job, AccountId account, ErrorClass @class, string why);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Nobody knows whether account {Account} took job {Job}: {Why}. It keeps its slot until evidence comes or its time is up.")]
    private partial void LogUnclear(JobId job, AccountId account, string why);
}
