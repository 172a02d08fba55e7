using System.Collections.Concurrent;
using System.Threading.Channels;
using Gateway.Grains.Accounts;
using Gateway.Grains.Jobs;
using Gateway.Grains.Routing;
using Gateway.Grains.Turns;
using Gateway.Grains.Upstreams;
using Microsoft.Extensions.Options;

namespace Gateway.Silo;

/// <summary>
/// Follows running tasks to their end: one schedule for all polls. It walks leases, not jobs (L4): a job cancelled by its
/// caller is followed on, because its slot is taken until the upstream says otherwise.
/// </summary>
internal sealed partial class Follower(
    JobGrain jobs,
    AccountGrain accounts,
    RouterGrain router,
    IUpstreamRegistry upstreams,
    Credentials credentials,
    LiveOperations live,
    NodeLife life,
    IOptions<FollowOptions> options,
    TimeProvider time,
    ILogger<Follower> logger) : BackgroundService
{
    private sealed record Followed(AccountId Account, Lease Lease);

    // Bounded by construction: one entry per job lease of this node, and an account has at most ten.
    private readonly Channel<(Followed Task, DateTimeOffset Due)> _due = Channel.CreateUnbounded<(Followed, DateTimeOffset)>(new() { SingleReader = true });
    // Tasks whose job was told that its account cannot be read (J8), so that it is told once, and again when that has passed.
    private readonly ConcurrentDictionary<LeaseId, byte> _unreadable = [];
    private readonly SemaphoreSlim _polls = new(options.Value.MaxPolls, options.Value.MaxPolls);

    /// <summary>How long the poll at a task's hard end may take: its slot waits for it.</summary>
    private static readonly TimeSpan LastLook = TimeSpan.FromSeconds(10);

    /// <summary>Follows a lease with a known task until it ends. Entering twice polls twice, so callers ask the live operations first.</summary>
    public void Follow(AccountId account, Lease lease)
    {
        live.Enter(lease.Id);
        Schedule(new Followed(account, lease));
    }

    /// <summary>Follows on what nobody followed for a while: it may have ended long ago, so it is polled at once.</summary>
    public void Resume(AccountId account, Lease lease)
    {
        live.Enter(lease.Id);
        _due.Writer.TryWrite((new Followed(account, lease), time.GetUtcNow()));
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var schedule = new PriorityQueue<Followed, DateTimeOffset>();
        while (!stoppingToken.IsCancellationRequested)
        {
            while (_due.Reader.TryRead(out var entry)) schedule.Enqueue(entry.Task, entry.Due);
            while (schedule.TryPeek(out var next, out var due) && due <= time.GetUtcNow())
            {
                schedule.Dequeue();
                await _polls.WaitAsync(stoppingToken);
                _ = PollAndReleaseAsync(next, stoppingToken);
            }

            await WaitAsync(schedule.TryPeek(out _, out var instant) ? instant - time.GetUtcNow() : null, stoppingToken);
        }
    }

    private async Task WaitAsync(TimeSpan? wait, CancellationToken stoppingToken)
    {
        using var timer = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        var arrival = _due.Reader.WaitToReadAsync(timer.Token).AsTask();
        if (wait is { } span)
        {
            var delay = Task.Delay(span > TimeSpan.Zero ? span : TimeSpan.Zero, time, timer.Token);
            await Task.WhenAny(arrival, delay);
        }
        else
        {
            await arrival;
        }

        await timer.CancelAsync();
    }

    // Owned by the schedule: it never throws, and it puts the task back or ends it.
    private async Task PollAndReleaseAsync(Followed task, CancellationToken stoppingToken)
    {
        var goesOn = true;
        try
        {
            goesOn = await PollAsync(task, stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The next start follows it on.
        }
        catch (Exception failure)
        {
            LogPollFailed(task.Lease.Job, task.Account, failure);
        }
        finally
        {
            _polls.Release();
            if (goesOn) Schedule(task);
            else Forget(task);
        }
    }

    /// <summary>One poll. False when there is nothing to follow any more.</summary>
    private async Task<bool> PollAsync(Followed task, CancellationToken stoppingToken)
    {
        var job = task.Lease.Job!.Value;
        if (router.Find(task.Account) is not { } account || account.FindLease(task.Lease.Id) is null) return false;
        if (!life.IsProven) return true; // whoever adopts the lease polls it
        if (upstreams.Find(account.Driver) is not { } upstream || credentials.For(account) is not { } target)
        {
            jobs.Explain(job, task.Lease.Attempt, "the account cannot be asked: its driver is switched off");
            return !await LapseAsync(task, job);
        }

        var outcome = await AskAsync(upstream, target, task, job, stoppingToken);
        return await WriteDownAsync(task, job, outcome, stoppingToken) && !await LapseAsync(task, job);
    }

    // The hard end comes after a last look, however late: what ended while no gateway ran is a result, not a failure.
    private async Task<PollOutcome> AskAsync(IUpstream upstream, UpstreamAccount target, Followed task, JobId job, CancellationToken stoppingToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        if (task.Lease.HasLapsed(time.GetUtcNow())) patience.CancelAfter(LastLook);
        try
        {
            return await upstream.PollAsync(target, new UpstreamRequest(job, task.Lease.Kind, task.Lease.Operation, default), task.Lease.TaskId!, patience.Token);
        }
        catch (OperationCanceledException) when (!stoppingToken.IsCancellationRequested)
        {
            return new PollOutcome.Trouble($"no answer within {LastLook.TotalSeconds:0} s");
        }
    }

    // L4, J4: the time is up, whatever the upstream does from now on.
    private async Task<bool> LapseAsync(Followed task, JobId job)
    {
        if (!task.Lease.HasLapsed(time.GetUtcNow())) return false;
        LogLapsed(task.Lease.Id, task.Account, job);
        await jobs.EndAttemptAsync(job, task.Account, task.Lease, AttemptEnd.PastHardEnd);
        return true;
    }

    private async Task<bool> WriteDownAsync(Followed task, JobId job, PollOutcome outcome, CancellationToken stoppingToken)
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
            case PollOutcome.Unreadable unreadable:
                LogUnreadable(job, task.Account, unreadable.Error.Describe());
                if (router.Find(task.Account) is { Health.AuthFailed: false }) accounts.Learn(task.Account, unreadable.Error, model: null);
                if (_unreadable.TryAdd(task.Lease.Id, 0)) jobs.Explain(job, task.Lease.Attempt, "the account's credential is refused; the task goes on and is read once it is renewed");
                return true;
            case PollOutcome.Trouble trouble:
                LogTrouble(job, task.Account, trouble.Why);
                return true;
            default:
                if (_unreadable.TryRemove(task.Lease.Id, out _)) jobs.Explain(job, task.Lease.Attempt, reason: null);
                return true;
        }
    }

    private void Forget(Followed task)
    {
        live.Leave(task.Lease.Id);
        _unreadable.TryRemove(task.Lease.Id, out _);
    }

    private void Schedule(Followed task)
    {
        var now = time.GetUtcNow();
        var due = now + options.Value.IntervalAt(now - task.Lease.Since);
        // The last look is at the hard end, not an interval later.
        _due.Writer.TryWrite((task, now < task.Lease.HardEnd && task.Lease.HardEnd < due ? task.Lease.HardEnd : due));
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Lease {Lease} of account {Account} (job {Job}) is past its hard end and was freed.")]
    private partial void LogLapsed(LeaseId lease, AccountId account, JobId job);

    [LoggerMessage(Level = LogLevel.Error, Message = "Polling job {Job} on account {Account} failed.")]
    private partial void LogPollFailed(JobId? job, AccountId account, Exception failure);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Job {Job} cannot be read: account {Account} answers {Why}.")]
    private partial void LogUnreadable(JobId job, AccountId account, string why);

    [LoggerMessage(Level = LogLevel.Debug, Message = "No useful answer about job {Job} from account {Account}: {Why}")]
    private partial void LogTrouble(JobId job, AccountId account, string why);
}
