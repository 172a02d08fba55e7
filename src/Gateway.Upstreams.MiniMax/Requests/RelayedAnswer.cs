using Gateway.Model.Answers;
using Gateway.Upstreams.MiniMax.Verdicts;

namespace Gateway.Upstreams.MiniMax.Requests;

/// <summary>An upstream's own error answer, for the caller to see as it was but for what must not be told.</summary>
internal sealed record RelayedAnswer(int Status, string ContentType, byte[] Body)
{
    /// <summary>The answer with its words cleaned.</summary>
    public RelayedAnswer In(UpstreamWords words)
    {
        if (!IsStream) return this with { Body = ErrorAnswers.Clean(Body, words) };
        var frames = new PassedFrames(words);
        return this with { Body = [.. frames.Pass(Body).Span, .. frames.End().Span] };
    }

    /// <summary>Whether it is told in frames.</summary>
    public bool IsStream => ContentType.StartsWith("text/event-stream", StringComparison.Ordinal);
}
