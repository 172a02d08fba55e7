using Gateway.Model.Kinds;

namespace Gateway.Upstreams.MiniMax.Requests;

/// <summary>A call of MiniMax's: what is made, where it is asked for, and with which body.</summary>
internal sealed record PlatformCall(JobKind Kind, WorkOperation Operation, ReadOnlyMemory<byte> Body)
{
    public string Path => PlatformPaths.CallOf(Kind, Operation);
}
