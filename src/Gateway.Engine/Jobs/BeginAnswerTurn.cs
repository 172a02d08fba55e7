using Gateway.Engine.Turns;
using Gateway.Model.Ids;
using Gateway.Model.Jobs;

namespace Gateway.Engine.Jobs;

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
