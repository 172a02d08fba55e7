using Gateway.Model.Kinds;

namespace Gateway.Engine.Upstreams;

/// <summary>A call: what is made, and its body in the native format.</summary>
internal sealed record UpstreamCall(JobKind Kind, WorkOperation Operation, ReadOnlyMemory<byte> Body);
