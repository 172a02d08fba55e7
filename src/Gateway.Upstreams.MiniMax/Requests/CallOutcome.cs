using Gateway.Model.Answers;

namespace Gateway.Upstreams.MiniMax.Requests;

internal abstract record CallOutcome
{
    /// <summary>A good answer: all of it, or its beginning with the rest still to be read from the exchange.</summary>
    internal sealed record Answered(CallExchange Exchange, string ContentType, byte[] Held, bool IsWhole) : CallOutcome;

    /// <summary>An error before anything was shown to the caller; the answer is the vendor's own, where it gave one.</summary>
    internal sealed record Failed(UpstreamError Error, RelayedAnswer? Answer) : CallOutcome;
}
