using Gateway.Grains.Routing;
using Gateway.Model.Jobs;

namespace Gateway.Silo.Queueing;

/// <summary>Whether a new job is let in, and whether it may start ahead of those that wait.</summary>
internal sealed class JobAdmission(
    RouterGrain router, Backlog backlog, QueuePauses pauses, QueueHolds holds, QueueLimits limits, TimeProvider time)
{
    /// <summary>Whether it may try for a slot ahead of what waits, as far as this node knows.</summary>
    public bool MayTryNow(JobDraft draft) =>
        !(draft.Times.RunAt > time.GetUtcNow()) && pauses.Find(draft.Work.Lane) is null && (!draft.MayQueue || !AreOthersFirst(draft));

    /// <summary>Why it is refused before anything else; null when it is not.</summary>
    public async Task<JobSubmission?> RefuseAsync(JobDraft draft, CancellationToken cancellationToken)
    {
        if (await router.CanNeverServeAsync(draft.Work, cancellationToken) is { } never) return new JobSubmission.Impossible(never);
        if (draft.Times.Judge(time.GetUtcNow()) is var (field, rule)) return new JobSubmission.BadTime(field, rule);
        if (!draft.MayQueue) return pauses.Find(draft.Work.Lane) is null ? null : new JobSubmission.Paused();
        return await limits.WhyFullAsync(draft.Team, cancellationToken) is { } full ? new JobSubmission.QueueFull(full) : null;
    }

    private bool AreOthersFirst(JobDraft draft) => backlog.AreOthersBefore(draft.Work, holds.Hold, holds.HoldCalls, router.IsOpenFor);
}
