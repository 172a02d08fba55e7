namespace Gateway.Simulator;

public sealed record ChatSettings
{
    /// <summary>Wait before the first byte of an answer. Default none.</summary>
    public TimeSpan FirstByte { get; init; }

    /// <summary>Wait between two frames of a stream. Default none.</summary>
    public TimeSpan BetweenFrames { get; init; }

    /// <summary>Frames that carry reasoning, ahead of the content. Default 1.</summary>
    public int ReasoningFrames { get; init; } = 1;

    /// <summary>Frames that carry content; the last of them has the finish reason. Default 4.</summary>
    public int ContentFrames { get; init; } = 4;

    /// <summary>Whether a native stream ends with the summary frame. Default on, as usually seen.</summary>
    public bool SummaryFrame { get; init; } = true;

    /// <summary>Whether a stream of <c>/v1/chat/completions</c> ends with it. Default off; seen on some models only.</summary>
    public bool CompatibleSummaryFrame { get; init; }

    /// <summary>Calls of the request's first tool that a chat is answered with, until it brings the result. Default none.</summary>
    public int ToolCalls { get; init; }

    /// <summary>Whether a stream ends with <c>data: [DONE]</c>. Default off: the platform just closes.</summary>
    public bool DoneMarker { get; init; }
}
