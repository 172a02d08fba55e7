using Gateway.Engine.Jobs;
using Gateway.Engine.Storage;
using Gateway.Engine.Turns;
using Gateway.Grains.Jobs;
using Gateway.Grains.Routing;
using Gateway.Model.Jobs;

namespace Gateway.Silo.Queueing;

/// <summary>The one submit path of every surface: durable first, then sent at once where a slot is free and nobody waits for it.</summary>
internal sealed class JobQueue(
    JobGrain jobs, IBodyStore bodies, IQueryStore queries, RouterGrain router, Submitter submitter, JobAdmission admission,
    RoleOptions role, JobIdSource ids)
{
    public async Task<JobSubmission> SubmitAsync(JobDraft draft, CancellationToken cancellationToken)
    {
        // Keys before any limit: a replay must find its job even when the accounts are gone by now (P5).
        if (await admission.RefuseAsync(draft, cancellationToken) is { } refusal)
            return draft.Key is null ? refusal : await KnownAsync(draft, cancellationToken) ?? refusal;

        var id = ids.Next();
        var request = await jobs.PlaceAsync(id, draft.Body, cancellationToken);
        var job = JobState.From(draft, id, request);
        var record = draft.Key is { } key ? new IdempotencyRecord(key, draft.Fingerprint, id, ExpiresAt: default) : null;
        var smallBody = request.LargeId is null ? draft.Body : null;

        var submission = MaySendHere(draft) && admission.MayTryNow(draft)
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

    // What the key answers, where it was used before: the turn would say the same.
    private async Task<JobSubmission?> KnownAsync(JobDraft draft, CancellationToken cancellationToken)
    {
        if (await jobs.LookUpAsync(draft.Key!, cancellationToken) is not { } known) return null;
        return known.Fingerprint == draft.Fingerprint
            ? await AnswerAsync(new SubmitResult.Replayed(known), cancellationToken)
            : new JobSubmission.KeyReused();
    }

    // Created and dispatched in one turn. Who may queue is tried by this node's view alone: what it misses the dispatcher finds.
    private async Task<JobSubmission> SubmitNowAsync(
        JobDraft draft, JobState job, byte[]? smallBody, IdempotencyRecord? record, CancellationToken cancellationToken)
    {
        var walk = router.Walk(new RouteRequest(draft.Work, job.Id, Attempt: 1) { Team = draft.Team }, asksStore: !draft.MayQueue);
        while (await walk.NextAsync(cancellationToken) is { } next)
        {
            using var offer = next;
            var answer = await jobs.SubmitAsync(job, smallBody, record, new DirectDispatch(offer.Account.Id, offer.Lease), mayQueue: false);
            if (answer is SubmitResult.NoCapacity full)
            {
                offer.Refuse(full.Refusal);
                continue;
            }

            if (answer is SubmitResult.Created { Lease: { } granted, Account: { } current } created)
            {
                offer.Take();
                submitter.Start(created.Job, granted, current);
            }

            return await AnswerAsync(answer, cancellationToken);
        }

        return draft.MayQueue
            ? await AnswerAsync(await jobs.SubmitAsync(job, smallBody, record, direct: null, mayQueue: true), cancellationToken)
            : await KnownOrRefusedAsync(draft, walk.Nobody!, cancellationToken);
    }

    // A replay is answered even when nobody is free.
    private async Task<JobSubmission> KnownOrRefusedAsync(JobDraft draft, NobodyFree nobody, CancellationToken cancellationToken) =>
        (draft.Key is null ? null : await KnownAsync(draft, cancellationToken)) ?? new JobSubmission.NobodyIsFree(nobody);

    private async Task<JobSubmission> AnswerAsync(SubmitResult result, CancellationToken cancellationToken) => result switch
    {
        SubmitResult.Created created => new JobSubmission.Accepted(created.Job, created.Lease is not null),
        SubmitResult.Replayed replayed =>
            new JobSubmission.Replayed(replayed.Record, await queries.JobAsync(replayed.Record.Job, cancellationToken)),
        SubmitResult.KeyReused => new JobSubmission.KeyReused(),
        SubmitResult.QueueFull full => new JobSubmission.QueueFull(QueueLimits.OfTeam(full.Limit)),
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
