using Gateway.Engine.Jobs;
using Gateway.Engine.Storage;
using Gateway.Engine.Teams;
using Gateway.Engine.Turns;
using Gateway.Engine.Upstreams;
using Gateway.Model.Accounts;
using Gateway.Model.Ids;
using Gateway.Model.Jobs;
using Gateway.Model.Kinds;

namespace Gateway.Grains.Jobs;

/// <summary>One job as an object: each method is one turn on its row, and on its account's where both must move together.</summary>
internal sealed class JobGrain(
    BatchRunner runner, IBodyStore bodies, KindLimits limits, TeamLimitsView teams, ExcessReports excess, JobRules rules)
{
    /// <summary>Creates a job; see <see cref="SubmitJobTurn"/>.</summary>
    public Task<SubmitResult> SubmitAsync(
        JobState job, byte[]? smallRequest, IdempotencyRecord? record, DirectDispatch? direct, bool mayQueue) =>
        // Durable or not, never half: a caller that leaves meanwhile finds its job by its key or in the list.
        runner.RunAsync(
            new SubmitJobTurn(
                job, smallRequest, record, direct, mayQueue, limits, rules.MaxQueueAge,
                teams.Find(job.Team).BoundSubmits ? job.Team : null),
            CancellationToken.None);

    public Task<DispatchResult> DispatchAsync(JobId id, AccountId account, LeaseRequest request) =>
        runner.RunAsync(new DispatchTurn(id, account, request, limits), CancellationToken.None);

    public Task<JobState?> NoteTaskAsync(JobId id, AccountId account, Lease lease, string taskId) =>
        runner.RunAsync(new NoteTaskTurn(account, lease.Id, id, lease.Attempt, taskId), CancellationToken.None);

    public Task<JobState?> BeginAnswerAsync(JobId id, AccountId account, Lease lease) =>
        runner.RunAsync(new BeginAnswerTurn(account, lease.Id, id, lease.Attempt), CancellationToken.None);

    public async Task<JobState?> EndAttemptAsync(JobId id, AccountId account, Lease lease, AttemptEnd end)
    {
        var job = await runner.RunAsync(
            new EndAttemptTurn(account, lease.Id, id, lease.Attempt, end, rules.Retry, rules.CopiesResults), CancellationToken.None);
        if (job is not null && end is AttemptEnd.Succeeded { Usage: var usage })
            excess.Hear(usage, job.Units, lease.Reserved, account, job.Kind, job.Operation);
        return job;
    }

    /// <summary>Ends an attempt with a result; a large one is written before the turn (T8).</summary>
    public async Task<JobState?> SucceedAsync(
        JobId id, AccountId account, Lease lease, byte[] result, string? fileId, Usage usage, CancellationToken cancellationToken)
    {
        var reference = await PlaceAsync(id, result, cancellationToken);
        return await EndAttemptAsync(
            id, account, lease, new AttemptEnd.Succeeded(reference, reference.LargeId is null ? result : null, fileId, usage));
    }

    public Task<OperatorResult> AdoptAsync(JobId id, AccountId account, string taskId, string actor, CancellationToken cancellationToken) =>
        runner.RunAsync(new AdoptTaskTurn(account, id, taskId, actor), cancellationToken);

    public Task<OperatorResult> FailAsync(JobId id, string actor, CancellationToken cancellationToken) =>
        runner.RunAsync(new FailByOperatorTurn(id, actor), cancellationToken);

    public Task<OperatorResult> ResubmitAsync(JobId id, string actor, CancellationToken cancellationToken) =>
        runner.RunAsync(new ResubmitTurn(id, actor), cancellationToken);

    /// <summary>Writes down what an operator did that is no turn of its own.</summary>
    public Task<bool> AuditAsync(string actor, string action, string target, string? detail, CancellationToken cancellationToken) =>
        runner.RunAsync(new AuditTurn(actor, action, target, detail), cancellationToken);

    public Task<JobState?> LoseSightAsync(JobId id, Lease lease, string reason) =>
        runner.RunAsync(new LoseSightTurn(id, lease.Attempt, reason), CancellationToken.None);

    public void Explain(JobId id, int attempt, string? reason) => runner.Oblige(new ExplainTurn(id, attempt, reason));

    public void NoteProgress(JobId id, int attempt, JobProgress progress) => runner.Oblige(new NoteProgressTurn(id, attempt, progress));

    public Task<JobState?> CancelAsync(JobId id, CancellationToken cancellationToken) =>
        runner.RunAsync(new CancelJobTurn(id), cancellationToken);

    /// <summary>Hides an ended job from the surface it came by.</summary>
    public Task<JobState?> ForgetAsync(JobId id) => runner.RunAsync(new ForgetJobTurn(id), CancellationToken.None);

    /// <summary>Takes back a job that still waits, with its key; false when it no longer waits.</summary>
    public Task<bool> WithdrawAsync(JobId id, IdempotencyKey key) => runner.RunAsync(new WithdrawJobTurn(id, key), CancellationToken.None);

    public Task<JobState?> FailQueuedAsync(JobId id, JobError error) =>
        runner.RunAsync(new FailQueuedTurn(id, error), CancellationToken.None);

    /// <summary>Does what the time has come for; answers whether there was something.</summary>
    public Task<bool> WakeAsync(JobId id, CancellationToken cancellationToken) => runner.RunAsync(new WakeJobTurn(id), cancellationToken);

    public Task<IdempotencyRecord?> LookUpAsync(IdempotencyKey key, CancellationToken cancellationToken) =>
        runner.RunAsync(new LookUpKeyTurn(key), cancellationToken);

    public void KeepAnswer(IdempotencyKey key, JobId job, StoredAnswer answer) => runner.Oblige(new KeepAnswerTurn(key, job, answer));

    /// <summary>Where a body goes: large ones are written now, small ones with their turn.</summary>
    public async Task<BodyRef> PlaceAsync(JobId id, byte[] body, CancellationToken cancellationToken) =>
        body.Length > BodyWrite.LargestInTurn
            ? new BodyRef(body.Length, await bodies.WriteAsync(id, body, cancellationToken))
            : new BodyRef(body.Length, LargeId: null);
}
