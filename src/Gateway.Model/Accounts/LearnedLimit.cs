namespace Gateway.Model.Accounts;

/// <summary>
/// What the vendor's refusals taught about a family's requests per minute. It recovers as a pure function of time: every two
/// minutes without a refusal a tenth of the configured limit, at least one, until that is reached.
/// </summary>
/// <remarks>
/// A tenth: ten steps, so twenty minutes, lead back from nothing, whatever the limit; MiniMax tightens its limits for hours
/// (working days 15:00 to 17:30 in China). Two minutes: a refusal rests the family for one, so feeling for a limit that
/// stays low costs at most a third of the time.
/// </remarks>
/// <param name="Rpm">Requests per minute as of <paramref name="At"/>, at least 1.</param>
/// <param name="At">When the vendor last refused.</param>
internal sealed record LearnedLimit(int Rpm, DateTimeOffset At)
{
    private const int Steps = 10;

    private static readonly TimeSpan Step = TimeSpan.FromMinutes(2);

    /// <summary>After so long every limit has recovered.</summary>
    public static readonly TimeSpan Recovery = Step * Steps;

    /// <summary>
    /// The limit after another refusal, with <paramref name="tried"/> requests in the window. Requests that are refused while
    /// others were under way each take one off, so a burst leaves what the vendor did take.
    /// </summary>
    public static LearnedLimit Refused(LearnedLimit? before, long tried, DateTimeOffset now)
    {
        var limit = before is not null && before.StepsBy(now) == 0 ? Math.Min(before.Rpm, tried) : tried;
        return new LearnedLimit((int)Math.Clamp(limit - 1, 1, int.MaxValue), now);
    }

    /// <summary>The limit in force; never above the configured one, never below 1.</summary>
    public int LimitAt(DateTimeOffset now, int configured) =>
        (int)Math.Clamp(Rpm + (StepsBy(now) * StepOf(configured)), 1, Math.Max(1, configured));

    /// <summary>When it rises next; null once it has recovered.</summary>
    public DateTimeOffset? NextRise(DateTimeOffset now, int configured) =>
        LimitAt(now, configured) >= configured ? null : At + (Step * (StepsBy(now) + 1));

    private static int StepOf(int configured) => Math.Max(1, (configured + Steps - 1) / Steps);

    private long StepsBy(DateTimeOffset now) => Math.Clamp((now - At).Ticks / Step.Ticks, 0, Steps);
}
