using System.Threading.Channels;
using Gateway.Grains.Accounts;
using Gateway.Grains.Jobs;
using Gateway.Grains.Routing;
using Gateway.Grains.Storage;
using Gateway.Grains.Turns;
using Gateway.Grains.Upstreams;
using Microsoft.Extensions.Options;

namespace Gateway.Silo.Following;

/// <summary>
/// Follows running tasks to their end: one schedule for all polls. It walks leases, not jobs (L4): a job cancelled by its
/// caller is followed on, because its slot is taken until the upstream says otherwise.
/// </summary>
internal sealed partial class Follower(
    JobGrain jobs,
    AccountGrain accounts,
    IQueryStore queries,
    RouterGrain router,
    IUpstreamRegistry upstreams,
    Credentials credentials,
    LiveOperations live,
    NodeIdentity node,
    NodeLife life,
    IOptions<FollowOptions> options,
    TimeProvider time,
    ILogger<Follower> logger) : BackgroundService
{
    // Bounded by construction: a task waits here at most once to be planned and once with a hint, and an account has at most ten.
    private readonly Channel<(FollowedTask Task, DateTimeOffset? Due)> _plans = Channel.CreateUnbounded<(FollowedTask, DateTimeOffset?)>(new() { SingleReader = true });
    private readonly FollowedTasks _tasks = new();
    private readonly SemaphoreSlim _polls = new(options.Value.MaxPolls, options.Value.MaxPolls);

    /// <summary>How long what an upstream has done may stay without a name: its slot waits for it.</summary>
    private static readonly TimeSpan LongestFinish = TimeSpan.FromMinutes(5);

    /// <summary>So many polls in a row without an answer are worth a word: one or two pass by themselves.</summary>
    private const int TroublesToTell = 3;

    private const string IsUnreadable = "the account's credential is refused; the task goes on and is read once it is renewed";
    private const string IsFinishing = "the upstream says that it is done and has not named the result yet";

    private static readonly UpstreamError ResultMissing =
        new(ErrorClass.Retry, Code: null, "The upstream said that the task was done and did not name its result in time.", Billed.Unknown, TimeSpan.Zero) { JobCode = UpstreamError.ResultMissing };

    private long _troubles;

    /// <summary>Polls without a useful answer since the start.</summary>
    public long Troubles => Interlocked.Read(ref _troubles);

    /// <summary>How long the poll at a task's hard end may take: its slot waits for it.</summary>
    private static readonly TimeSpan LastLook = TimeSpan.FromSeconds(10);

    /// <summary>Follows a lease with a known task until it ends. Entering twice polls twice, so callers ask the live operations first.</summary>
    public void Follow(AccountId account, Lease lease) => Enter(new FollowedTask(account, lease), DueAfter(lease, time.GetUtcNow()));

    /// <summary>Follows on what nobody followed for a while: it may have ended long ago, so it is polled at once.</summary>
    public void Resume(AccountId account, Lease lease) => Enter(new FollowedTask(account, lease) { IsProgressKnown = false, IsReasonKnown = false }, time.GetUtcNow());

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var schedule = new FollowSchedule(options.Value, time);
        while (!stoppingToken.IsCancellationRequested)
        {
            while (_plans.Reader.TryRead(out var plan)) schedule.Plan(plan.Task, plan.Due);
            while (schedule.TryTake(out var task))
            {
                if (task.IsGuest && task.TryRetire())
                {
                    _tasks.Remove(task);
                    continue;
                }

                await _polls.WaitAsync(stoppingToken);
                task.BeginPoll(time.GetUtcNow());
                _ = PollAndReleaseAsync(task, stoppingToken);
            }

            await WaitAsync(schedule.UntilNext(), stoppingToken);
        }
    }

    private void Enter(FollowedTask task, DateTimeOffset due)
    {
        live.Enter(task.Lease.Id);
        _tasks.Add(task);
        _plans.Writer.TryWrite((task, due));
    }

    private async Task WaitAsync(TimeSpan? wait, CancellationToken stoppingToken)
    {
        using var timer = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        var arrival = _plans.Reader.WaitToReadAsync(timer.Token).AsTask();
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
    private async Task PollAndReleaseAsync(FollowedTask task, CancellationToken stoppingToken)
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
            if (goesOn) Replan(task);
            else Forget(task);
        }
    }

    /// <summary>One poll. False when there is nothing to follow any more.</summary>
    private async Task<bool> PollAsync(FollowedTask task, CancellationToken stoppingToken)
    {
        var job = task.Lease.Job!.Value;
        if (await FindAsync(task, stoppingToken) is not { } account || account.FindLease(task.Lease.Id) is not { } lease) return false;
        if (!task.IsGuest && lease.Owner != node.Incarnation) return false; // handed over
        if (!life.IsProven) return true; // whoever adopts the lease polls it
        if (upstreams.Find(account.Driver) is not { } upstream || credentials.For(account) is not { } target)
        {
            Explain(task, job, "the account cannot be asked: its driver is switched off");
            return !await LapseAsync(task, job);
        }

        var outcome = await AskAsync(upstream, target, task, job, stoppingToken);
        return await WriteDownAsync(task, job, account, outcome, stoppingToken) && !await LapseAsync(task, job);
    }

    // This node's view may not have heard yet of what another node did.
    private async Task<AccountState?> FindAsync(FollowedTask task, CancellationToken stoppingToken) =>
        task.IsGuest ? await queries.AccountAsync(task.Account, stoppingToken) : router.Find(task.Account);

    // The hard end comes after a last look, however late: what ended while no gateway ran is a result, not a failure.
    private async Task<PollOutcome> AskAsync(IUpstream upstream, UpstreamAccount target, FollowedTask task, JobId job, CancellationToken stoppingToken)
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
    private async Task<bool> LapseAsync(FollowedTask task, JobId job)
    {
        if (task.IsGuest || !task.Lease.HasLapsed(time.GetUtcNow())) return false;
        LogLapsed(task.Lease.Id, task.Account, job);
        await jobs.EndAttemptAsync(job, task.Account, task.Lease, AttemptEnd.PastHardEnd);
        return true;
    }

    private async Task<bool> WriteDownAsync(FollowedTask task, JobId job, AccountState account, PollOutcome outcome, CancellationToken stoppingToken)
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
                if (outcome is PollOutcome.StillRunning { Progress: { } progress } && task.TryTell(progress, time.GetUtcNow())) jobs.NoteProgress(job, task.Lease.Attempt, progress);
                return true;
        }
    }

    // Links and files have come some polls after the word. One that can be asked for later is not waited for without end.
    private async Task<bool> WaitForResultAsync(FollowedTask task, JobId job, PollOutcome.Finishing finishing, CancellationToken stoppingToken)
    {
        var now = time.GetUtcNow();
        task.FinishingSince ??= now;
        if (now - task.FinishingSince < LongestFinish && !task.Lease.HasLapsed(now))
        {
            Explain(task, job, IsFinishing);
            return true;
        }

        if (finishing.Named is { } named) await jobs.SucceedAsync(job, task.Account, task.Lease, named.Result, named.FileId, named.Usage, stoppingToken);
        else if (task.Lease.HasLapsed(now)) return true; // its hard end says so itself
        else await jobs.EndAttemptAsync(job, task.Account, task.Lease, new AttemptEnd.Failed(ResultMissing));
        return false;
    }

    private void NoteTrouble(FollowedTask task, JobId job, PollOutcome.Trouble trouble)
    {
        Interlocked.Increment(ref _troubles);
        task.Troubles++;
        if (trouble.Error is not null || task.Troubles >= TroublesToTell) Explain(task, job, $"the upstream's answer about it is no use: {trouble.Why}; it is asked again", $"{trouble.Error?.Class} {trouble.Error?.Code}");
    }

    private void Explain(FollowedTask task, JobId job, string? reason, string? what = null)
    {
        if (task.TryExplain(what ?? reason)) jobs.Explain(job, task.Lease.Attempt, reason);
    }

    private void Forget(FollowedTask task)
    {
        _tasks.Remove(task);
        if (!task.IsGuest) live.Leave(task.Lease.Id);
    }

    private void Replan(FollowedTask task)
    {
        task.EndPoll();
        // A guest is kept for as long as a hint may have to wait, so that hints cannot make polls faster than that.
        _plans.Writer.TryWrite((task, task.IsGuest ? task.PolledAt + options.Value.HintInterval : DueAfter(task.Lease, time.GetUtcNow())));
    }

    // The last look is at the hard end, not an interval later.
    private DateTimeOffset DueAfter(Lease lease, DateTimeOffset now)
    {
        var due = now + options.Value.IntervalAt(now - lease.Since);
        return now < lease.HardEnd && lease.HardEnd < due ? lease.HardEnd : due;
    }
}
