using Gateway.Model.Accounts;
using Gateway.Model.Answers;

namespace Gateway.Engine.Upstreams;

/// <summary>How a streamed answer ended.</summary>
internal abstract record AnswerEnd
{
    /// <param name="Message">The whole answer in one, where the stream ended with it.</param>
    /// <param name="Usage">What the upstream reports of its cost.</param>
    internal sealed record Whole(byte[]? Message, Usage Usage) : AnswerEnd;

    /// <summary>It broke off, or said what went wrong. It had been accepted, so it may have been billed.</summary>
    internal sealed record Broken(UpstreamError Error) : AnswerEnd;
}
