using Gateway.Engine.Upstreams;
using Gateway.Model.Answers;

namespace Gateway.Upstreams.MiniMax.Requests;

/// <summary>A call's answer once it is known what it is.</summary>
internal abstract record OpenedCall
{
    /// <summary>A good one: all of it, or its beginning with the rest still to be read from the exchange.</summary>
    internal sealed record Answered(UpstreamExchange Exchange, string ContentType, byte[] Held, bool IsWhole) : OpenedCall;

    /// <summary>An error; the answer is the vendor's own, where it gave one.</summary>
    internal sealed record Failed(UpstreamError Error, RelayedAnswer? Answer) : OpenedCall;
}
