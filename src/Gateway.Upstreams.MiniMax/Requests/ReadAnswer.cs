using Gateway.Model.Answers;
using Gateway.Upstreams.MiniMax.Verdicts;

namespace Gateway.Upstreams.MiniMax.Requests;

/// <summary>An upstream's whole answer, or the trouble that kept it away.</summary>
internal sealed record ReadAnswer(int Status, string ContentType, byte[] Body, string? Trouble)
{
    /// <summary>Cleans what of it is kept.</summary>
    public UpstreamWords Words { get; private init; } = UpstreamWords.OfNobody;

    /// <summary>An answer as it came, if it is no error: what an error says is cleaned.</summary>
    public static ReadAnswer Of(CallExchange exchange, byte[] body)
    {
        var shown = PlatformVerdict.Of(exchange.Status, body) is null ? body : ErrorAnswers.Clean(body, exchange.Words);
        return new ReadAnswer(exchange.Status, exchange.ContentType, shown, Trouble: null) { Words = exchange.Words };
    }

    /// <summary>Null when the answer is a success in any of MiniMax's dialects.</summary>
    public UpstreamError? Error
    {
        get
        {
            if (Trouble is { } trouble) return PlatformErrors.NotSent(trouble);
            var verdict = PlatformVerdict.Read(Status, Body);
            return verdict.Error?.In(Words) ?? (verdict.IsJson ? null : PlatformErrors.Broken("The upstream's answer is no JSON."));
        }
    }
}
