using Gateway.Model.Jobs;

namespace Gateway.Api.Views;

/// <summary>An event as a view tells it.</summary>
/// <param name="Job">The job as it was after it.</param>
/// <param name="At">When it happened; null for just now.</param>
/// <param name="IsSnapshot">What came before it is kept no longer: it stands for that too (P3).</param>
/// <param name="IsProgress">Not a change of status: it has no number, and is not told again (P3).</param>
internal sealed record ToldEvent(JobState Job, DateTimeOffset? At, bool IsSnapshot = false, bool IsProgress = false)
{
    public string Name => IsProgress ? EventNames.Progress : EventNames.Of(Job.Status);

    /// <summary>Its number; null for progress.</summary>
    public long? Seq => IsProgress ? null : Job.Seq;
}
