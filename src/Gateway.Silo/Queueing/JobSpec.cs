using Gateway.Model.Ids;
using Gateway.Model.Jobs;
using Gateway.Model.Kinds;

namespace Gateway.Silo.Queueing;

/// <summary>A job as a surface submits it.</summary>
/// <param name="Team">Whose it is.</param>
/// <param name="Work">What it needs.</param>
/// <param name="Body">MiniMax's native body.</param>
/// <param name="Priority">0 … 9.</param>
/// <param name="MayQueue">False asks for a refusal instead of a place in the queue (J11).</param>
/// <param name="Key">The caller's idempotency key.</param>
/// <param name="Fingerprint">Hash of what was submitted under the key.</param>
/// <param name="CallbackUrl">Where the caller wants to be told of each change, having met the challenge there.</param>
internal sealed record JobSpec(TeamId Team, Work Work, byte[] Body, int Priority, bool MayQueue, IdempotencyKey? Key, string Fingerprint, string? CallbackUrl = null)
{
    /// <summary>Its answer is a stream, to be kept as it comes.</summary>
    public bool IsStreamed { get; init; }

    /// <summary>When it may and must run.</summary>
    public JobTimes Times { get; init; } = JobTimes.Any;

    /// <summary>Where the webhooks about it go.</summary>
    public Reply? Reply { get; init; }

    /// <summary>The job this one is a redrive of.</summary>
    public JobId? RedriveOf { get; init; }
}
