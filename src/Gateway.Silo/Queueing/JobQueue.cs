using Gateway.Engine.Jobs;
using Gateway.Engine.Storage;
using Gateway.Engine.Turns;
using Gateway.Grains.Jobs;
using Gateway.Grains.Routing;
using Gateway.Model.Accounts;
using Gateway.Model.Ids;
using Gateway.Model.Jobs;

namespace Gateway.Silo.Queueing;

/// <summary>The one submit path of every surface: durable first, then sent at once where a slot is free and nobody waits for it.</summary>
internal sealed class JobQueue(
    JobGrain jobs,
    IBodyStore bodies,
    IQueryStore queries,
    RouterGrain router,
    LiveOperations live,
    Submitter submitter,
    Backlog backlog,
    QueuePauses pauses,
    QueueHolds holds,
    QueueLimits queueLimits,
    RoleOptions role,
    TimeProvider time,
    JobIdSource ids)
{
    public async Task<JobSubmission> SubmitAsync(JobDraft draft, CancellationToken cancellationToken)
    {
        // Keys before any limit: a replay must find its job even when the accounts are gone by now (P5).
        if (await RefuseAsync(draft, cancellationToken) is { } refusal)
            return draft.Key is null ? refusal : await KnownAsync(draft, cancellationToken) ?? refusal;

        var id = ids.Next();
        var request = await jobs.PlaceAsync(id, draft.Body, cancellationToken);
        var job = JobState.From(draft, id, request);
        var record = draft.Key is { } key ? new IdempotencyRecord(key, draft.Fingerprint, id, ExpiresAt: default) : null;
        var smallBody = request.LargeId is null ? draft.Body : null;

        var submission = MaySendHere(draft) && MayStartNow(draft)
            ? await SubmitNowAsync(draft, job, smallBody, record, cancellationToken)
            : await AnswerAsync(await jobs.SubmitAsync(job, smallBody, record, direct: null, mayQueue: true), cancellationToken);
        if (submission is not JobSubmission.Accepted && request.LargeId is { } orphan) await ForgetAsync(orphan, cancellationToken);
        return submission;
    }

    // What no job came of needs no body.
    private async Task ForgetAsync(string body, CancellationToken cancellationToken)
    {
        try
        {
            await bodies.RemoveAsync([body], cancellationToken);
        }
        catch (StoreUnavailableException)
        {
            // The sweep finds it (T8).
        }
    }

    // A node without jobs of its own leaves them to those that have; who does not queue is answered by whoever was asked (J11).
    private bool MaySendHere(JobDraft draft) => role.TakesJobs || !draft.MayQueue;

    /// <summary>Whether a job of this kind would start at once, as far as this node knows.</summary>
    public bool MayStartNow(JobDraft draft) =>
        !(draft.Times.RunAt > time.GetUtcNow()) && pauses.Find(draft.Work.Lane) is null && (!draft.MayQueue || !backlog.GoesBefore(draft.Work, holds.Hold, holds.HoldCalls, router.IsOpenFor));

    /// <summary>Why a new job of this kind is refused before anything else; null when it is not.</summary>
    public async Task<JobSubmission?> RefuseAsync(JobDraft draft, CancellationToken cancellationToken)
    {
        if (await router.CanNeverServeAsync(draft.Work, cancellationToken) is { } never) return new JobSubmission.Impossible(never);
        if (draft.Times.Judge(time.GetUtcNow()) is var (field, rule)) return new JobSubmission.BadTime(field, rule);
        if (!draft.MayQueue) return pauses.Find(draft.Work.Lane) is null ? null : new JobSubmission.Paused();
        return await queueLimits.WhyFullAsync(draft.Team, cancellationToken) is { } full ? new JobSubmission.QueueFull(full) : null;
    }

    // What the key answers, where it was used before: the turn would say the same.
    private async Task<JobSubmission?> KnownAsync(JobDraft draft, CancellationToken cancellationToken)
    {
        if (await jobs.LookUpAsync(draft.Key!, cancellationToken) is not { } known) return null;
        return known.Fingerprint == draft.Fingerprint ? await AnswerAsync(new SubmitResult.Replayed(known), cancellationToken) : new JobSubmission.KeyReused();
    }

    private async Task<JobSubmission> SubmitNowAsync(JobDraft draft, JobState job, byte[]? smallBody, IdempotencyRecord? record, CancellationToken cancellationToken)
    {
        SubmitResult? result = null;
        var request = new RouteRequest(draft.Work, job.Id, Attempt: 1) { Team = draft.Team };
        if (draft.MayQueue)
        {
            // What this node's view misses the dispatcher finds.
            if (!await router.TryRouteAsync(request, TakeAsync)) result = await jobs.SubmitAsync(job, smallBody, record, direct: null, mayQueue: true);
            return await AnswerAsync(result!, cancellationToken);
        }

        var nobody = await router.RouteAsync(request, TakeAsync, cancellationToken);
        return nobody is null ? await AnswerAsync(result!, cancellationToken) : await RefuseAsync(draft, nobody, cancellationToken);

        async Task<Refusal?> TakeAsync(AccountState account, LeaseRequest lease)
        {
            var answer = await TryAsync(job, smallBody, record, account, lease);
            if (answer is SubmitResult.NoCapacity full) return full.Refusal;
            result = answer;
            return null;
        }
    }

    // A replay is answered even when nobody is free.
    private async Task<JobSubmission> RefuseAsync(JobDraft draft, NobodyFree nobody, CancellationToken cancellationToken) =>
        (draft.Key is null ? null : await KnownAsync(draft, cancellationToken)) ?? new JobSubmission.NobodyIsFree(nobody);

    private async Task<SubmitResult> TryAsync(JobState job, byte[]? smallBody, IdempotencyRecord? record, AccountState account, LeaseRequest lease)
    {
        live.Enter(lease.Id);
        var isSent = false;
        try
        {
            var answer = await jobs.SubmitAsync(job, smallBody, record, new DirectDispatch(account.Id, lease), mayQueue: false);
            if (answer is SubmitResult.Created { Lease: { } granted, Account: { } current } created)
            {
                isSent = true;
                submitter.Start(created.Job, granted, current);
            }

            return answer;
        }
        finally
        {
            if (!isSent) live.Leave(lease.Id);
        }
    }

    private async Task<JobSubmission> AnswerAsync(SubmitResult result, CancellationToken cancellationToken) => result switch
    {
        SubmitResult.Created created => new JobSubmission.Accepted(created.Job, created.Lease is not null),
        SubmitResult.Replayed replayed => new JobSubmission.Replayed(replayed.Record, await queries.JobAsync(replayed.Record.Job, cancellationToken)),
        SubmitResult.KeyReused => new JobSubmission.KeyReused(),
        SubmitResult.QueueFull full => new JobSubmission.QueueFull(QueueLimits.OfTeam(full.Limit)),
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
