using System.Collections.Concurrent;
using Gateway.Grains.Routing;
using Gateway.Model.Accounts;
using Gateway.Model.Ids;
using Gateway.Model.Jobs;
using Gateway.Silo.Polling;

namespace Gateway.Silo.Queueing;

/// <summary>
/// Sends dispatched jobs to their upstream and writes down what came of it. The intent is committed before (J3), the task id
/// right after; whatever is not a clear answer becomes <c>unknown</c>.
/// </summary>
internal sealed partial class Submitter(
    RepeatingSender sender, AttemptOutcomes outcomes, TaskPoller poller, LiveOperations live, TimeProvider time,
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
        _ = task.ContinueWith(
            _ => _running.TryRemove(lease.Id, out var _), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
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
            var (outcome, isRepeat) = await sender.SendAsync(job, lease, account);
            if (outcome is null) await outcomes.GiveBackAsync(job, lease, account);
            else isFollowed = await outcomes.WriteDownAsync(job, lease, account, outcome, isRepeat);
        }
        catch (Exception failure)
        {
            // The lease stays with its job: the rescuer finds it and goes on from what is written down (L7).
            LogSubmitFailed(job.Id, account.Id, failure);
        }
        finally
        {
            poller.Unexpect(job.Id);
            if (!isFollowed) live.Leave(lease.Id);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Stopping: {Count} submits are still to be answered.")]
    private partial void LogDraining(int count);

    [LoggerMessage(
        Level = LogLevel.Warning, Message = "Stopped with {Count} submits unanswered; the next start counts their jobs as unknown.")]
    private partial void LogNotDrained(int count);

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "Submitting job {Job} to account {Account} failed; the rescuer goes on from what is written down.")]
    private partial void LogSubmitFailed(JobId job, AccountId account, Exception failure);
}
