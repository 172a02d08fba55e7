using Gateway.Api.Assets;
using Gateway.Api.Auth;
using Gateway.Api.Native;
using Gateway.Grains.Jobs;
using Gateway.Grains.Routing;
using Gateway.Model.Jobs;
using Gateway.Silo.Queueing;

namespace Gateway.Api.Submitting;

/// <summary>The way of a submit, from what its surface has read to the queue; the steps are those of docs/architecture.md.</summary>
internal sealed class JobPath(
    AssetPlacement placement, CallbackChallenge challenge, ReplyReceivers receivers, RouterGrain router, JobQueue queue, JobGrain jobs)
{
    /// <param name="caller">Whose it is.</param>
    /// <param name="draft">What is submitted.</param>
    /// <param name="native">What its body asks for.</param>
    /// <param name="cancellationToken">Ends it before the job is made; never half.</param>
    public async Task<JobSubmission> SubmitAsync(Caller caller, JobDraft draft, NativeRequest native, CancellationToken cancellationToken)
    {
        draft = Resolve(draft);
        // A replay must find its job even when what it named, or who was to be called back, is gone by now (P5).
        var isReplay = draft.Key is { } key && await jobs.LookUpAsync(key, cancellationToken) is not null;
        return await queue.SubmitAsync(isReplay ? draft : await PrepareAsync(caller, draft, native, cancellationToken), cancellationToken);
    }

    /// <summary>The draft with the account its pin stands for (V18).</summary>
    public JobDraft Resolve(JobDraft draft) =>
        draft.Work.Pinned is { } named ? draft with { Work = draft.Work with { Pinned = router.Resolve(named) } } : draft;

    private async Task<JobDraft> PrepareAsync(Caller caller, JobDraft draft, NativeRequest native, CancellationToken cancellationToken)
    {
        var (work, body) = await placement.PlaceAsync(caller, native with { Work = draft.Work }, draft.Body, cancellationToken);
        if (draft.Reply is { } reply) await receivers.RequireAsync(draft.Team, reply, cancellationToken);
        if (draft.Callback is { } url) await challenge.RequireAsync(url, cancellationToken);
        return draft with { Work = work, Body = body };
    }
}
