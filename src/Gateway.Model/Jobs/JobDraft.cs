using Gateway.Model.Ids;
using Gateway.Model.Kinds;

namespace Gateway.Model.Jobs;

/// <summary>
/// A job before it is one: what a surface read of a submit, on its way to <see cref="JobState.From"/>. A new field of a submit is one here.
/// </summary>
/// <param name="Team">Whose it is.</param>
/// <param name="Work">What it needs of an account.</param>
/// <param name="Body">Its request in the native format.</param>
internal sealed record JobDraft(TeamId Team, Work Work, byte[] Body)
{
    /// <summary>0 … 9, higher first.</summary>
    public int Priority { get; init; } = 5;

    /// <summary>False asks for a refusal instead of a place in the queue (J11).</summary>
    public bool MayQueue { get; init; } = true;

    /// <summary>The caller's idempotency key; null for none.</summary>
    public IdempotencyKey? Key { get; init; }

    /// <summary>Hash of what was submitted under the key; empty without one.</summary>
    public string Fingerprint { get; init; } = "";

    /// <summary>Its answer is a stream, to be kept as it comes.</summary>
    public bool IsStreamed { get; init; }

    /// <summary>When it may and must run.</summary>
    public JobTimes Times { get; init; } = JobTimes.Any;

    /// <summary>Where the caller wants to be told of each change, in the words of its task API.</summary>
    public Uri? Callback { get; init; }

    /// <summary>Where the gateway's own webhooks about it go.</summary>
    public Reply? Reply { get; init; }

    /// <summary>The job this one is a redrive of.</summary>
    public JobId? RedriveOf { get; init; }
}
