using Gateway.Model.Answers;
using Gateway.Model.Ids;

namespace Gateway.Model.Jobs;

/// <summary>
/// How long a job that was refused waits before it is tried again. Passing trouble grows: the first time another account is
/// asked at once, from then on each pause is twice the one before. Whatever is about one account needs no pause: that account
/// rests by itself and another may take the job; but an account that is let in again and refuses it again is asked ever more
/// rarely. Overload has its breaker.
/// </summary>
internal sealed record RetryPolicy(TimeSpan First, TimeSpan Longest)
{
    public static readonly RetryPolicy Default = new(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1));

    // Another account may be free meanwhile, and the job not ready for it.
    private static readonly TimeSpan LongestForOne = TimeSpan.FromSeconds(10);

    /// <summary>When a job that <paramref name="error"/> refused now may be tried again; null for at once.</summary>
    public DateTimeOffset? NotBefore(JobState job, AccountId account, UpstreamError error, DateTimeOffset now) =>
        PauseAfter(job, account, error) is var pause && pause > TimeSpan.Zero ? now + pause : null;

    public TimeSpan PauseAfter(JobState job, AccountId account, UpstreamError error)
    {
        if (error.CostsNoTry) return Grown(job, job.RefusedBy(account), LongestForOne < Longest ? LongestForOne : Longest);
        return error.Class == ErrorClass.Retry ? Grown(job, job.Refusals.Count(refusal => refusal.Counts), Longest) : TimeSpan.Zero;
    }

    private TimeSpan Grown(JobState job, int before, TimeSpan longest)
    {
        if (before == 0) return TimeSpan.Zero;
        var pause = First * Math.Pow(2, Math.Min(before - 1, 30));
        return (pause < longest ? pause : longest) * Jitter(job);
    }

    // A fifth more or less, so that jobs refused together do not come back together. From the job itself: a turn that runs
    // twice must decide the same.
    private static double Jitter(JobState job)
    {
        var mixed = unchecked((ulong)((job.Id.Value * 31) + job.Attempt) * 0x9E3779B97F4A7C15);
        return 0.8 + (0.4 * (mixed >> 40) / (1 << 24));
    }
}
