using Gateway.Grains.Upstreams;

namespace Gateway.Grains.Jobs;

/// <summary>
/// How long a job that was refused waits before it is tried again. Passing trouble grows: the first time another account is
/// asked at once, from then on each pause is twice the one before. Whatever is about one account needs no pause: that account
/// rests by itself and another may take the job; overload has its breaker.
/// </summary>
internal sealed record RetryPolicy(TimeSpan First, TimeSpan Longest)
{
    public static readonly RetryPolicy Default = new(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1));

    /// <summary>When a job that <paramref name="error"/> refused now may be tried again; null for at once.</summary>
    public DateTimeOffset? NotBefore(JobState job, UpstreamError error, DateTimeOffset now) =>
        PauseAfter(job, error) is var pause && pause > TimeSpan.Zero ? now + pause : null;

    public TimeSpan PauseAfter(JobState job, UpstreamError error)
    {
        var before = job.Refusals.Count(refusal => !refusal.Overloaded);
        if (error.Class != ErrorClass.Retry || before == 0) return TimeSpan.Zero;
        var pause = First * Math.Pow(2, Math.Min(before - 1, 30));
        return (pause < Longest ? pause : Longest) * Jitter(job);
    }

    // A fifth more or less, so that jobs refused together do not come back together. From the job itself: a turn that runs
    // twice must decide the same.
    private static double Jitter(JobState job)
    {
        var mixed = unchecked((ulong)((job.Id.Value * 31) + job.Attempt) * 0x9E3779B97F4A7C15);
        return 0.8 + (0.4 * (mixed >> 40) / (1 << 24));
    }
}
