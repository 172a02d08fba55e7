using Gateway.Api.Auth;
using Gateway.Api.Surfaces.MiniMax.Affinity;
using Gateway.Grains.Jobs;
using Gateway.Silo;

namespace Gateway.Api.Surfaces.MiniMax;

/// <summary>A job with a native body, as a surface submits it.</summary>
internal sealed record NativeSubmit(Caller Caller, Work Work, byte[] Body, int Priority, SubmitHeaders Headers, string Fingerprint);

/// <summary>Submits jobs with native bodies: each is placed where what it names lives, then takes the one submit path.</summary>
internal sealed class NativeJobs(AssetPlacement placement, JobQueue queue, JobGrain jobs)
{
    public async Task<JobSubmission> SubmitAsync(NativeSubmit submit, CancellationToken cancellationToken)
    {
        // A replay must find its job even when what it named is gone by now (P5).
        var placed = submit.Headers.Key is { } key && await jobs.LookUpAsync(key, cancellationToken) is not null
            ? new Placement(submit.Work, submit.Body)
            : await placement.PlaceAsync(submit.Caller, submit.Work, submit.Body, cancellationToken);
        var spec = new JobSpec(submit.Caller.Team, placed.Work, placed.Body, submit.Priority, submit.Headers.MayQueue, submit.Headers.Key, submit.Fingerprint);
        return await queue.SubmitAsync(spec, cancellationToken);
    }
}
