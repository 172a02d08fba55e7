using System.Text;

namespace Gateway.Simulator;

/// <summary>Turns a fault into the reply the client gets.</summary>
internal static class FaultReplies
{
    /// <summary>The reply of a fault that strikes before anything is accepted; null when the work goes ahead.</summary>
    public static Reply? Instead(Exchange exchange) => exchange.Fault switch
    {
        FaultEffect.BaseResp { AsJson: true } refusal => Refusals.AsDocument(exchange, refusal.Code, refusal.Message),
        FaultEffect.BaseResp refusal => Refusals.UnderHttp200(exchange, refusal.Code, refusal.Message),
        FaultEffect.Envelope error => ErrorEnvelope.Reply(exchange, error.Code, error.Message, error.Status),
        FaultEffect.HttpStatus edge => Edge(edge.Status, edge.Body, edge.ContentType),
        FaultEffect.ConnectionReset => new Reply.Abort(),
        FaultEffect.Hang { Accepted: false } => new Reply.Silence(),
        FaultEffect.EmptyBody { Accepted: false } => Empty(),
        FaultEffect.OverloadedEnvelope => Overloaded(exchange),
        FaultEffect.Answer { Accepted: false } answer => ScriptedAnswers.Alone(answer),
        _ => null,
    };

    /// <summary>What is left of a reply after its fault. A refusal stays what it is: there is no accepted work to lose.</summary>
    public static Reply Altered(Exchange exchange, Reply reply)
    {
        if (exchange.Fault is null || reply.IsRefusal)
        {
            return reply;
        }

        return exchange.Fault switch
        {
            FaultEffect.AcceptThen502 => Edge(502, null, "text/html"),
            FaultEffect.LoseAnswer lost => new Reply.Abort(lost.Fin),
            FaultEffect.Hang => new Reply.Silence(),
            FaultEffect.EmptyBody => Empty(),
            FaultEffect.StreamBreak cut => Broken(reply, cut.AfterFrames),
            FaultEffect.StreamErrorFrame error => WithErrorFrame(exchange, reply, error),
            FaultEffect.TruncatedStream => Truncated(reply),
            FaultEffect.Answer answer => ScriptedAnswers.InPlaceOf(reply, answer),
            FaultEffect.TaskSays says when reply is Reply.Document document => ScriptedAnswers.Says(document, says),
            _ => reply,
        };
    }

    private static Reply Broken(Reply reply, int afterFrames) => reply switch
    {
        Reply.Stream stream => stream with { Frames = [.. stream.Frames.Take(afterFrames)], Breaks = true },
        Reply.Document document => new Reply.HalfDocument(document.Body) { FirstByte = document.FirstByte },
        _ => new Reply.Abort(),
    };

    private static Reply WithErrorFrame(Exchange exchange, Reply reply, FaultEffect.StreamErrorFrame error) =>
        reply is Reply.Stream stream
            ? stream with
            {
                Frames = [.. stream.Frames.Take(error.AfterFrames), Refusals.AsFrame(exchange, error.Code, error.Message)],
            }
            : Refusals.UnderHttp200(exchange, error.Code, error.Message);

    private static Reply Truncated(Reply reply) =>
        reply is Reply.Stream stream
            ? stream with { Frames = [.. stream.Frames.TakeWhile(static frame => !frame.IsFinal)] }
            : Broken(reply, 0);

    private static Reply.Raw Empty() => new(200, "application/json; charset=utf-8", []) { FromPlatform = true };

    private static Reply.Raw Edge(int status, string? body, string contentType) =>
        new(status, contentType, Encoding.UTF8.GetBytes(body ?? NginxPage(status)));

    private static Reply.Raw Overloaded(Exchange exchange) => ErrorEnvelope.Reply(
        exchange,
        2064,
        "The server cluster is currently under high load. Please retry after a short wait and thank you for your patience.");

    private static string NginxPage(int status)
    {
        string title = $"{status} {Reason(status)}";
        return $"<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n<center><h1>{title}</h1></center>\r\n"
            + "<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n";
    }

    private static string Reason(int status) =>
        Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(status) is { Length: > 0 } phrase ? phrase : "Error";
}
