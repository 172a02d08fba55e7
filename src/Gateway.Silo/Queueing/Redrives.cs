using Gateway.Engine.Storage;
using Gateway.Engine.Turns;
using Gateway.Model.Jobs;

namespace Gateway.Silo.Queueing;

/// <summary>Submits a job that did not succeed once more, as a new job that names the old one (J1): terminal states are final.</summary>
internal sealed class Redrives(JobQueue queue, IBodyStore bodies)
{
    /// <summary>Null when the old job's request is no longer kept.</summary>
    public async Task<JobSubmission?> RunAsync(JobState old, CancellationToken cancellationToken)
    {
        if (await bodies.ReadAsync(old.Id, BodyPart.Request, old.Request, cancellationToken) is not { } body) return null;
        var draft = new JobDraft(old.Team, old.Work, body)
        {
            Priority = old.Priority,
            IsStreamed = old.IsStreamed,
            Callback = old.CallbackUrl is { } url ? new Uri(url) : null,
            Reply = old.Reply,
            RedriveOf = old.Id,
        };
        return await queue.SubmitAsync(draft, cancellationToken);
    }
}
