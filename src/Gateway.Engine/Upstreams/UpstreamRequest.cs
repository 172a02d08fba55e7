using Gateway.Model.Ids;
using Gateway.Model.Kinds;

namespace Gateway.Engine.Upstreams;

/// <summary>A submit to an upstream.</summary>
/// <param name="Id">The gateway's id of the job; results speak of it, never of the upstream's task.</param>
/// <param name="Kind">What to make.</param>
/// <param name="Operation">Which of the kind's operations.</param>
/// <param name="Body">MiniMax's native body, as the caller sent it.</param>
internal sealed record UpstreamRequest(JobId Id, JobKind Kind, WorkOperation Operation, ReadOnlyMemory<byte> Body)
{
    /// <summary>The body asks for a stream.</summary>
    public bool IsStreamed { get; init; }
}
