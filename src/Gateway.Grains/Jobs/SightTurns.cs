using Gateway.Grains.Accounts;
using Gateway.Grains.Turns;

namespace Gateway.Grains.Jobs;

/// <summary>The upstream's task id: evidence, saved on its own as soon as it is known (J3).</summary>
internal sealed class NoteTaskTurn(AccountId account, LeaseId lease, JobId id, int attempt, string taskId) : Turn<JobState?>
{
    public override TurnClass Class => TurnClass.Obligation;

    public override AccountId? Account => account;

    public override JobId? Job => id;

    protected override JobState? Run(TurnScope scope)
    {
        if (scope.Account(account) is { } state) scope.Put(state.NoteTask(lease, taskId));
        if (scope.Job(id) is not { } job || !job.IsAt(attempt)) return scope.Job(id);
        if (job.Run(taskId) is not { } running) return job;

        scope.Put(running);
        return running.CancelRequested ? scope.CancelNow(running) : running;
    }
}

/// <summary>The first of a streamed answer is stored: the upstream works on it, and no other account may be asked (J10).</summary>
internal sealed class BeginAnswerTurn(AccountId account, LeaseId lease, JobId id, int attempt) : Turn<JobState?>
{
    public override TurnClass Class => TurnClass.Obligation;

    public override AccountId? Account => account;

    public override JobId? Job => id;

    protected override JobState? Run(TurnScope scope)
    {
        if (scope.Account(account) is { } state && state.FindLease(lease) is not null) scope.Put(state.Begin(lease));
        if (scope.Job(id) is not { } job || !job.IsAt(attempt)) return scope.Job(id);
        if (job.BeginAnswer() is not { } running) return job;

        scope.Put(running);
        return running.CancelRequested ? scope.CancelNow(running) : running;
    }
}

/// <summary>Nobody can tell whether the upstream took the attempt; slot and reservation stay (J4).</summary>
internal sealed class LoseSightTurn(JobId id, int attempt, string reason) : Turn<JobState?>
{
    public override TurnClass Class => TurnClass.Obligation;

    public override JobId? Job => id;

    protected override JobState? Run(TurnScope scope)
    {
        if (scope.Job(id) is not { } job || !job.IsAt(attempt)) return scope.Job(id);
        if (job.LoseSight(reason) is not { } unknown) return job;

        scope.Put(unknown);
        return unknown.CancelRequested ? scope.CancelNow(unknown) : unknown;
    }
}

/// <summary>How far a running job has come (P3). No change of status, so no event.</summary>
internal sealed class NoteProgressTurn(JobId id, int attempt, JobProgress progress) : Turn<bool>
{
    public override TurnClass Class => TurnClass.Obligation;

    public override JobId? Job => id;

    protected override bool Run(TurnScope scope)
    {
        if (scope.Job(id) is not { Status: JobStatus.Running } job || !job.IsAt(attempt) || (job.Progress ?? JobProgress.AtWork) == progress) return false;
        scope.Put(job with { Progress = progress });
        return true;
    }
}

/// <summary>Why a running job shows no progress (J8); null clears it. No change of status, so no event.</summary>
internal sealed class ExplainTurn(JobId id, int attempt, string? reason) : Turn<bool>
{
    public override TurnClass Class => TurnClass.Obligation;

    public override JobId? Job => id;

    protected override bool Run(TurnScope scope)
    {
        if (scope.Job(id) is not { } job || !job.IsAt(attempt) || job.Reason == reason) return false;
        scope.Put(job with { Reason = reason });
        return true;
    }
}
