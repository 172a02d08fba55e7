using Gateway.Engine.Storage;
using Gateway.Engine.Turns;
using Gateway.Model.Jobs;
using Gateway.Model.Native;
using Gateway.Model.Outbox;

namespace Gateway.Silo.Outbound;

/// <summary>Makes the text of a message from the event it tells of.</summary>
internal sealed class OutboxText(IQueryStore queries, IBodyStore bodies)
{
    /// <summary>What a message tells of; null when it is no longer kept.</summary>
    public async Task<JobEvent?> EventAsync(OutboxMessage message, CancellationToken cancellationToken)
    {
        var events = await queries.EventsAsync(message.Job, message.Seq - 1, limit: 1, cancellationToken);
        return events is [var change] && change.Seq == message.Seq ? change : null;
    }

    /// <summary>The body of a callback, in the words of the upstream.</summary>
    public async Task<byte[]> CallbackAsync(JobEvent change, CancellationToken cancellationToken) =>
        NativeCallbacks.Body(change.State, await ResultAsync(change.State, cancellationToken));

    private async Task<byte[]?> ResultAsync(JobState job, CancellationToken cancellationToken) =>
        job.Result is { } result ? await bodies.ReadAsync(job.Id, BodyPart.Result, result, cancellationToken) : null;
}
