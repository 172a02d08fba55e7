using Gateway.Grains.Turns;

namespace Gateway.Grains.Jobs;

/// <summary>
/// A caller's cancel. Queued ends at once; while the request is being sent it is remembered; running and unknown end for the
/// caller while the slot is followed to the upstream's own end (L4). Idempotent: a job that has ended stays as it is.
/// </summary>
internal sealed class CancelJobTurn(JobId id) : Turn<JobState?>
{
    public override TurnClass Class => TurnClass.Obligation;

    public override JobId? Job => id;

    protected override JobState? Run(TurnScope scope)
    {
        if (scope.Job(id) is not { } job || job.Status.IsTerminal) return scope.Job(id);
        if (job.Status != JobStatus.Submitting) return scope.CancelNow(job);

        var remembered = job.RequestCancel();
        scope.Put(remembered);
        return remembered;
    }
}

/// <summary>Hides a job that has ended from the surface it came by.</summary>
internal sealed class ForgetJobTurn(JobId id) : Turn<JobState?>
{
    public override TurnClass Class => TurnClass.Obligation;

    public override JobId? Job => id;

    protected override JobState? Run(TurnScope scope)
    {
        if (scope.Job(id) is not { Status.IsTerminal: true } job) return scope.Job(id);
        var forgotten = job with { IsForgotten = true };
        scope.Put(forgotten);
        return forgotten;
    }
}

/// <summary>Fails a job that waits for what will never come, such as a deleted account (L8).</summary>
internal sealed class FailQueuedTurn(JobId id, JobError error) : Turn<JobState?>
{
    public override TurnClass Class => TurnClass.Obligation;

    public override JobId? Job => id;

    protected override JobState? Run(TurnScope scope)
    {
        if (scope.Job(id) is not { Status: JobStatus.Queued } job) return scope.Job(id);
        var failed = job.Fail(error, charged: 0, scope.Now)!;
        scope.Put(failed);
        return failed;
    }
}

/// <summary>A job's time has come: it is ready, or it is over (J1). Too early, nothing changes. Answers whether something did.</summary>
internal sealed class WakeJobTurn(JobId id) : Turn<bool>
{
    public override TurnClass Class => TurnClass.Obligation;

    public override JobId? Job => id;

    protected override bool Run(TurnScope scope)
    {
        if (scope.Job(id)?.Wake(scope.Now) is not { } woken) return false;
        scope.Put(woken);
        return true;
    }

    // Another node wakes it, or moves it otherwise; where neither, the alarm looks again.
    protected override bool TryYield(HeldRow row, out bool result)
    {
        result = false;
        return true;
    }
}

internal static class JobScope
{
    extension(TurnScope scope)
    {
        public JobState CancelNow(JobState job)
        {
            var cancelled = job.Cancel("cancelled by the caller", scope.Now)!;
            scope.Put(cancelled);
            return cancelled;
        }
    }
}
