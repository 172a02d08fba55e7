using Gateway.Engine.Turns;
using Gateway.Engine.Upstreams;
using Gateway.Model.Answers;
using Gateway.Model.Kinds;
using Gateway.Model.Operations;
using Gateway.Upstreams.MiniMax.Verdicts;

namespace Gateway.Upstreams.MiniMax.Requests;

/// <summary>
/// MiniMax's native calls: the answer passes through byte for byte. It is held back until it is known not to be an error,
/// because errors come as HTTP 200, in JSON or as the first frame of a stream (docs/minimax.md, "Errors").
/// </summary>
internal sealed class PlatformCalls(UpstreamHttp http, KindLimits limits, UnknownAnswers unknown, TimeProvider time)
{
    private const int LargestAnswer = 64 * 1024 * 1024;
    private const string EventStream = "text/event-stream";

    /// <summary>Sends the call. Whoever gets a good answer disposes its exchange.</summary>
    public async Task<OpenedCall> OpenAsync(
        UpstreamAccount account, UpstreamCall call, Action beforeFirstByte, CancellationToken cancellationToken)
    {
        var content = new OnceContent(call.Body, beforeFirstByte);
        var exchange = new UpstreamExchange(
            PlatformReads.Request(account, HttpMethod.Post, OperationTable.Of(call.Kind, call.Operation).Path, content),
            new Patience(limits[call.Kind].Silence, time, cancellationToken),
            account.Words);
        try
        {
            await exchange.SendAsync(http.For(account.BaseUrl));
            var outcome = await JudgeAsync(exchange, call);
            if (outcome is not OpenedCall.Failed failed) return outcome;

            var error = failed.Error.In(exchange.Words).Resting(exchange.Response.Headers.RetryAfter, time.GetUtcNow());
            exchange.Dispose();
            unknown.Note(error);
            return new OpenedCall.Failed(error, failed.Answer is { } told ? ErrorAnswers.Clean(told, exchange.Words) : null);
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException or OperationCanceledException or NodeNotAliveException)
        {
            var why = exchange.Explain(broken);
            var isSilent = exchange.Patience.IsOver;
            exchange.Dispose();
            cancellationToken.ThrowIfCancellationRequested();
            return new OpenedCall.Failed(
                !content.Started ? UpstreamError.NotSent(why) : isSilent ? PlatformErrors.Silent(why) : PlatformErrors.Broken(why),
                Answer: null);
        }
    }

    private static async Task<OpenedCall> JudgeAsync(UpstreamExchange exchange, UpstreamCall call)
    {
        var opening = new AnswerOpening(exchange.Length);
        AnswerShape shape;
        bool goesOn;
        do
        {
            goesOn = await opening.FillAsync(exchange);
            shape = opening.ShapeOf(exchange.MediaType, !goesOn);
        }
        while (shape == AnswerShape.Unclear);

        return shape == AnswerShape.Stream && exchange.Response.IsSuccessStatusCode
            ? await HoldAsync(exchange, opening, goesOn, call)
            : ReadWhole(exchange, call, await opening.ReadWholeAsync(exchange, LargestAnswer));
    }

    private static OpenedCall ReadWhole(UpstreamExchange exchange, UpstreamCall call, byte[] answer)
    {
        var verdict = PlatformVerdict.Read(exchange.Status, answer);
        if (verdict.Error is { } error)
            return new OpenedCall.Failed(
                error, verdict.IsJson ? new RelayedAnswer(exchange.Status, ContentTypeOf(exchange), answer) : null);
        if (!verdict.IsJson) return new OpenedCall.Failed(PlatformErrors.Broken("The upstream's answer is no JSON."), Answer: null);
        return EmptyAnswers.Of(call.Kind, call.Operation, answer, verdict.Choices) is { } nothing
            ? new OpenedCall.Failed(nothing, Answer: null)
            : new OpenedCall.Answered(exchange, ContentTypeOf(exchange), answer, IsWhole: true);
    }

    private static async Task<OpenedCall> HoldAsync(UpstreamExchange exchange, AnswerOpening opening, bool goesOn, UpstreamCall call)
    {
        UpstreamError? error;
        while (!opening.IsDecided(hasEnded: !goesOn, out error))
        {
            if (!goesOn) return new OpenedCall.Failed(EndOf(opening, call), Answer: null);
            goesOn = await opening.FillAsync(exchange);
        }

        return error is null
            ? new OpenedCall.Answered(exchange, StreamTypeOf(exchange), opening.Held.ToArray(), IsWhole: false)
            : new OpenedCall.Failed(error, new RelayedAnswer(exchange.Status, StreamTypeOf(exchange), opening.Held.ToArray()));
    }

    private static UpstreamError EndOf(AnswerOpening opening, UpstreamCall call) => opening.IsEmptyStream
        ? EmptyAnswers.ErrorOf(call.Kind, call.Operation, opening.Held.Span)
        : PlatformErrors.Broken("The upstream's stream ended before its first frame.");

    // What an answer says it is, unless it says nothing of use.
    private static string ContentTypeOf(UpstreamExchange exchange) =>
        exchange.MediaType?.Contains("json", StringComparison.OrdinalIgnoreCase) == true ? exchange.ContentType : "application/json";

    private static string StreamTypeOf(UpstreamExchange exchange) => exchange.MediaType == EventStream ? exchange.ContentType : EventStream;
}
