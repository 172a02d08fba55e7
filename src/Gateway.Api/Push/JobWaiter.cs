using Gateway.Grains.Jobs;
using Gateway.Grains.Storage;

namespace Gateway.Api.Push;

/// <summary>Long-poll: waits for a job to move. Subscribes first, then reads, then waits (P1).</summary>
internal sealed class JobWaiter(JobSignals signals, IQueryStore queries, IHostApplicationLifetime host, TimeProvider time)
{
    // What another node changed reaches this one at the latest then.
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(2);

    /// <summary>Waits for a newer seq than <paramref name="after"/>, or without it for the job's end.</summary>
    public Task<JobState> WaitAsync(JobState job, long? after, TimeSpan patience, CancellationToken cancellationToken) =>
        WaitAsync(job, moved => moved.Status.IsTerminal || moved.Seq > after, patience, cancellationToken);

    /// <summary>Waits until a job is as wanted, or patience runs out; answers it as it is then.</summary>
    public async Task<JobState> WaitAsync(JobState job, Func<JobState, bool> isWanted, TimeSpan patience, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        using var subscription = signals.Subscribe(job.Id);
        while (true)
        {
            var moved = subscription.NextMove();
            job = await queries.JobAsync(job.Id, cancellationToken) ?? job;
            var left = patience - time.GetElapsedTime(started);
            if (isWanted(job) || left <= TimeSpan.Zero || IsStopping) return job;
            await WaitAsync(moved, left < LookEvery ? left : LookEvery, cancellationToken);
        }
    }

    /// <summary>Whether this node stops: whoever waits is let go and asks again, elsewhere or after the restart.</summary>
    public bool IsStopping => host.ApplicationStopping.IsCancellationRequested;

    /// <summary>Waits for a move, for the time to pass, or for the node's stop.</summary>
    public async Task WaitAsync(Task moved, TimeSpan atMost, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, host.ApplicationStopping);
        try
        {
            await moved.WaitAsync(atMost, time, either.Token);
        }
        catch (TimeoutException)
        {
            // Time to look.
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Time to go.
        }
    }
}
