using Gateway.Api.Surfaces.MiniMax.Affinity;
using Gateway.Api.Surfaces.MiniMax.Tasks;
using Gateway.Api.Surfaces.Webhooks;
using Gateway.Grains.Jobs;
using Gateway.Grains.Routing;
using Gateway.Silo.Queueing;

namespace Gateway.Api.Surfaces.MiniMax;

/// <summary>Submits jobs with native bodies: each is placed where what it names lives, then takes the one submit path.</summary>
internal sealed class NativeJobs(AssetPlacement placement, CallbackChallenge challenge, ReplyReceivers receivers, RouterGrain router, JobQueue queue, JobGrain jobs)
{
    public async Task<JobSubmission> SubmitAsync(NativeSubmit submit, CancellationToken cancellationToken)
    {
        // A replay must find its job even when what it named, or who was to be called back, is gone by now (P5).
        var isReplay = submit.Headers.Key is { } key && await jobs.LookUpAsync(key, cancellationToken) is not null;
        if (submit.Work.Pinned is { } named) submit = submit with { Work = submit.Work with { Pinned = router.Resolve(named) } };
        var placed = isReplay ? new Placement(submit.Work, submit.Body) : await PrepareAsync(submit, cancellationToken);
        var spec = new JobSpec(submit.Caller.Team, placed.Work, placed.Body, submit.Priority, submit.Headers.MayQueue, submit.Headers.Key, submit.Fingerprint, submit.Callback?.AbsoluteUri)
        {
            IsStreamed = submit.IsStreamed,
            Times = submit.Times,
            RedriveOf = submit.RedriveOf,
            Reply = submit.Reply,
        };
        return await queue.SubmitAsync(spec, cancellationToken);
    }

    private async Task<Placement> PrepareAsync(NativeSubmit submit, CancellationToken cancellationToken)
    {
        var placed = await placement.PlaceAsync(submit.Caller, submit.Work, submit.Body, cancellationToken);
        if (submit.Reply is { } reply) await receivers.RequireAsync(submit.Caller.Team, reply, cancellationToken);
        if (submit.Callback is { } url) await challenge.RequireAsync(url, cancellationToken);
        return placed;
    }
}
