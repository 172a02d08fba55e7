using Gateway.Engine.Turns;
using Gateway.Model.Ids;
using Gateway.Model.Jobs;

namespace Gateway.Engine.Jobs;

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
