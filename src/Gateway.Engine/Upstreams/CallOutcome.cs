using Gateway.Model.Answers;

namespace Gateway.Engine.Upstreams;

/// <summary>How a call began to be answered.</summary>
internal abstract record CallOutcome
{
    /// <summary>With a good answer. Whoever gets it disposes it.</summary>
    internal sealed record Answered(ICallAnswer Answer) : CallOutcome;

    /// <summary>With an error, before anything was shown to the caller; the answer is the vendor's own, where it gave one.</summary>
    internal sealed record Failed(UpstreamError Error, RelayedAnswer? Answer) : CallOutcome;
}
