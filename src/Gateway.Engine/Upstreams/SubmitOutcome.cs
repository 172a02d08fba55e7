using Gateway.Model.Accounts;
using Gateway.Model.Answers;

namespace Gateway.Engine.Upstreams;

/// <summary>How a submit ended.</summary>
internal abstract record SubmitOutcome
{
    /// <summary>
    /// With its words cleaned. An id that may not be kept as it is cannot be followed: nobody knows what became of its task.
    /// </summary>
    public SubmitOutcome In(UpstreamWords words) => this switch
    {
        Accepted { TaskId: var id } when words.Clean(id) != id => new Unclear("the upstream named the task by an id that cannot be kept"),
        Refused refused => new Refused(refused.Error.In(words)),
        Unclear unclear => new Unclear(words.Clean(unclear.Why)),
        _ => this,
    };

    /// <summary>The upstream works on it.</summary>
    internal sealed record Accepted(string TaskId) : SubmitOutcome;

    /// <summary>The upstream answered with the result at once.</summary>
    /// <param name="Result">The answer.</param>
    /// <param name="Usage">What the upstream reports of its cost.</param>
    internal sealed record Completed(byte[] Result, Usage Usage) : SubmitOutcome;

    /// <summary>The upstream answers bit by bit, and what has come of it is no error. Whoever gets it disposes it.</summary>
    internal sealed record Streaming(IAnswerStream Answer) : SubmitOutcome;

    /// <summary>A clear answer, or no connection at all: it is proven that nothing was accepted.</summary>
    internal sealed record Refused(UpstreamError Error) : SubmitOutcome;

    /// <summary>Everything else (J3): it may have been accepted, and must not be sent again by our own doing.</summary>
    internal sealed record Unclear(string Why) : SubmitOutcome;
}
