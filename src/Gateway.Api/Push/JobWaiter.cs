using Gateway.Grains.Jobs;
using Gateway.Grains.Storage;

namespace Gateway.Api.Push;

/// <summary>Long-poll: waits for a job to move. Subscribes first, then reads, then waits (P1).</summary>
internal sealed class JobWaiter(JobSignals signals, IQueryStore queries, TimeProvider time)
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
            if (isWanted(job) || left <= TimeSpan.Zero) return job;
            await WaitAsync(moved, left < LookEvery ? left : LookEvery, cancellationToken);
        }
    }

    /// <summary>Waits for a move, or for the time to pass.</summary>
    public async Task WaitAsync(Task moved, TimeSpan atMost, CancellationToken cancellationToken)
    {
        try
        {
            await moved.WaitAsync(atMost, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            // Time to look.
        }
    }
}
