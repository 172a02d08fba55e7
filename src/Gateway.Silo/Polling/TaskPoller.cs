using System.Threading.Channels;
using Gateway.Engine.Turns;
using Gateway.Grains.Routing;
using Gateway.Model.Accounts;
using Gateway.Model.Ids;

namespace Gateway.Silo.Polling;

/// <summary>
/// Follows running tasks to their end: one schedule for all polls. It walks leases, not jobs (L4): a job cancelled by its
/// caller is followed on, because its slot is taken until the upstream says otherwise.
/// </summary>
internal sealed partial class TaskPoller(
    TaskQuestions questions, PollOutcomes outcomes, LiveOperations live, NodeIdentity node, NodeLife life, PollOptions options,
    TimeProvider time, ILogger<TaskPoller> logger)
    : BackgroundService
{
    // Bounded by construction: a task waits here at most once to be planned and once with a hint, and an account has at most ten.
    private readonly Channel<PollStep> _steps = Channel.CreateUnbounded<PollStep>(new() { SingleReader = true });
    private readonly PolledTasks _tasks = new();

    /// <summary>
    /// Follows a lease with a known task until it ends. Entering twice polls twice, so callers ask the live operations first.
    /// </summary>
    public void Follow(AccountId account, Lease lease) => Enter(new PolledTask(account, lease), DueAfter(lease, time.GetUtcNow()));

    /// <summary>Follows on what nobody followed for a while: it may have ended long ago, so it is polled at once.</summary>
    public void Resume(AccountId account, Lease lease) =>
        Enter(new PolledTask(account, lease) { IsProgressKnown = false, IsReasonKnown = false }, time.GetUtcNow());

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var (schedule, lanes) = (new PollSchedule(options, time), new PollLanes(options.MaxPolls));
        while (!stoppingToken.IsCancellationRequested)
        {
            while (_steps.Reader.TryRead(out var step)) Take(step, schedule, lanes);
            while (schedule.TryTake(out var task)) LineUp(task, lanes);
            while (lanes.TryBegin(out var task, out var host))
            {
                task.BeginPoll(time.GetUtcNow());
                _ = PollAndLeaveAsync(task, host, stoppingToken);
            }

            await WaitAsync(schedule.UntilNext(), stoppingToken);
        }
    }

    private static void Take(PollStep step, PollSchedule schedule, PollLanes lanes)
    {
        switch (step)
        {
            case PollStep.Planned planned:
                schedule.Plan(planned.Task, planned.Due);
                break;
            case PollStep.Hinted hinted:
                schedule.Plan(hinted.Task, due: null);
                break;
            case PollStep.Polled polled:
                lanes.Leave(polled.Host);
                break;
        }
    }

    private void LineUp(PolledTask task, PollLanes lanes)
    {
        if (task.IsGuest && task.TryRetire()) _tasks.Remove(task);
        else lanes.Enter(task, questions.HostOf(task));
    }

    private void Enter(PolledTask task, DateTimeOffset due)
    {
        live.Enter(task.Lease.Id);
        _tasks.Add(task);
        _steps.Writer.TryWrite(new PollStep.Planned(task, due));
    }

    private async Task WaitAsync(TimeSpan? wait, CancellationToken stoppingToken)
    {
        using var timer = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        var arrival = _steps.Reader.WaitToReadAsync(timer.Token).AsTask();
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
    private async Task PollAndLeaveAsync(PolledTask task, string host, CancellationToken stoppingToken)
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
            _steps.Writer.TryWrite(new PollStep.Polled(host));
            if (goesOn) Replan(task);
            else Forget(task);
        }
    }

    /// <summary>One poll. False when there is nothing to follow any more.</summary>
    private async Task<bool> PollAsync(PolledTask task, CancellationToken stoppingToken)
    {
        var job = task.Lease.Job!.Value;
        if (await questions.FindAsync(task, stoppingToken) is not { } account || account.FindLease(task.Lease.Id) is not { } lease)
            return false;
        if (!task.IsGuest && lease.Owner != node.Incarnation) return false; // handed over
        if (!life.IsProven) return true; // whoever adopts the lease polls it
        if (await questions.AskAsync(account, task, job, stoppingToken) is { } outcome)
            return await outcomes.WriteDownAsync(task, job, account, outcome, stoppingToken) && !await outcomes.LapseAsync(task, job);

        outcomes.Explain(task, job, "the account cannot be asked: its driver is switched off");
        return !await outcomes.LapseAsync(task, job);
    }

    private void Forget(PolledTask task)
    {
        _tasks.Remove(task);
        if (!task.IsGuest) live.Leave(task.Lease.Id);
    }

    private void Replan(PolledTask task)
    {
        task.EndPoll();
        // A guest is kept for as long as a hint may have to wait, so that hints cannot make polls faster than that.
        _steps.Writer.TryWrite(
            new PollStep.Planned(task, task.IsGuest ? task.PolledAt + options.HintInterval : DueAfter(task.Lease, time.GetUtcNow())));
    }

    // The last look is at the hard end, not an interval later.
    private DateTimeOffset DueAfter(Lease lease, DateTimeOffset now)
    {
        var due = now + options.IntervalAt(now - lease.Since);
        return now < lease.HardEnd && lease.HardEnd < due ? lease.HardEnd : due;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Polling job {Job} on account {Account} failed.")]
    private partial void LogPollFailed(JobId? job, AccountId account, Exception failure);
}
