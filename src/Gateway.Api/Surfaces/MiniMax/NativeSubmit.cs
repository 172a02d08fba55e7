using Gateway.Api.Auth;
using Gateway.Model.Ids;
using Gateway.Model.Jobs;
using Gateway.Model.Kinds;

namespace Gateway.Api.Surfaces.MiniMax;

/// <summary>A job with a native body, as a surface submits it.</summary>
/// <param name="Caller">Whose it is.</param>
/// <param name="Work">What it needs of an account.</param>
/// <param name="Body">MiniMax's native body.</param>
/// <param name="Priority">0 … 9.</param>
/// <param name="Headers">The headers every submit understands.</param>
/// <param name="Fingerprint">Hash of what was submitted under the key.</param>
/// <param name="Callback">Where the caller wants to be told of each change.</param>
internal sealed record NativeSubmit(Caller Caller, Work Work, byte[] Body, int Priority, SubmitHeaders Headers, string Fingerprint, Uri? Callback)
{
    /// <summary>Its answer is a stream, to be kept as it comes.</summary>
    public bool IsStreamed { get; init; }

    public JobTimes Times { get; init; } = JobTimes.Any;

    /// <summary>Where the gateway's own webhooks go.</summary>
    public Reply? Reply { get; init; }

    public JobId? RedriveOf { get; init; }
}
