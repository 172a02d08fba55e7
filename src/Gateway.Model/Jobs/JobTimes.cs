namespace Gateway.Model.Jobs;

/// <summary>When a job may and must run, as its caller wants it (J1).</summary>
/// <param name="RunAt">Not before.</param>
/// <param name="StartBy">Expired when it still waits then.</param>
/// <param name="FinishBy">Expired when it still waits then, failed when it still runs.</param>
internal sealed record JobTimes(DateTimeOffset? RunAt = null, DateTimeOffset? StartBy = null, DateTimeOffset? FinishBy = null)
{
    public static readonly JobTimes Any = new();

    /// <summary>How far ahead a job may be planned.</summary>
    public static readonly TimeSpan Furthest = TimeSpan.FromDays(366);

    /// <summary>
    /// The first time a new job cannot have, and why; null when it can have them all. What was once accepted is never judged again.
    /// </summary>
    public (string Field, string Rule)? Judge(DateTimeOffset now)
    {
        foreach (var (field, deadline) in new[] { ("startBy", StartBy), ("finishBy", FinishBy) })
            if (deadline <= now) return (field, "must be in the future");
        foreach (var (field, instant) in new[] { ("runAt", RunAt), ("startBy", StartBy), ("finishBy", FinishBy) })
            if (instant > now + Furthest) return (field, $"must be within {Furthest.TotalDays} days");
        return null;
    }
}
