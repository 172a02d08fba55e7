using Gateway.Engine.Notifiers;
using Gateway.Engine.Storage;
using Gateway.Model.Jobs;
using Gateway.Model.Kinds;

namespace Gateway.Api.Push;

/// <summary>Long-poll: waits for a job to move. Subscribes first, then reads, then waits (P1).</summary>
internal sealed class JobWaiter(JobNotifier notifier, IQueryStore queries, IHostApplicationLifetime host, TimeProvider time)
{
    /// <summary>Waits for a newer seq than <paramref name="after"/>, or without it for the job's end.</summary>
    public Task<JobState> WaitAsync(JobState job, long? after, TimeSpan patience, CancellationToken cancellationToken) =>
        WaitAsync(job, moved => moved.Status.IsTerminal || moved.Seq > after, patience, cancellationToken);

    /// <summary>Waits until a job is as wanted, or patience runs out; answers it as it is then.</summary>
    public async Task<JobState> WaitAsync(
        JobState job, Func<JobState, bool> isWanted, TimeSpan patience, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        using var subscription = notifier.Subscribe(job.Id);
        while (true)
        {
            var moved = subscription.NextMove();
            job = await queries.JobAsync(job.Id, cancellationToken) ?? job;
            var left = patience - time.GetElapsedTime(started);
            if (isWanted(job) || left <= TimeSpan.Zero || IsStopping) return job;
            await WaitAsync(moved, left, cancellationToken);
        }
    }

    /// <summary>Whether this node stops: whoever waits is let go and asks again, elsewhere or after the restart.</summary>
    public bool IsStopping => host.ApplicationStopping.IsCancellationRequested;

    /// <summary>Waits for a move, for the time to pass, or for the node's stop. True when there is something to read.</summary>
    public async Task<bool> WaitAsync(Task moved, TimeSpan atMost, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, host.ApplicationStopping);
        try
        {
            await moved.WaitAsync(atMost, time, either.Token);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false; // time to go
        }
    }
}
