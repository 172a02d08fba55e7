using System.Text.Json.Nodes;

namespace Gateway.Simulator;

/// <summary>Every "no" of the platform, each operation in its own dialect and with its own empty fields.</summary>
internal static class Refusals
{
    private const string NoKey = "login fail: Please carry the API secret key in the 'Authorization' field of the request header";
    private const string NoAnthropicKey = "login fail: Please carry the API secret key in the 'X-Api-Key' field of the request header";

    public static Reply NoSuchKey(Exchange exchange) => exchange.Operation.Dialect() switch
    {
        Dialect.Native => Bare(1004, NoKey),
        Dialect.Anthropic => ErrorEnvelope.Reply(exchange, 1004, NoAnthropicKey),
        _ => ErrorEnvelope.Reply(exchange, 1004, NoKey),
    };

    public static Reply RevokedKey(Exchange exchange) =>
        exchange.Operation.Dialect() == Dialect.Native
            ? Bare(2049, "invalid api key")
            : ErrorEnvelope.Reply(exchange, 2049, "invalid api key");

    public static Reply Invalid(Exchange exchange, string what) => For(exchange, 2013, $"invalid params, {what}");

    public static Reply For(Exchange exchange, int code, string message) => exchange.Operation switch
    {
        // A model outside the plan is the one refusal this surface was seen to send under HTTP 200.
        Operation.ChatCompletions when code == 2061 => Chat(exchange, code, message),
        _ when exchange.Operation.Dialect() != Dialect.Native => ErrorEnvelope.Reply(exchange, code, message),
        _ => UnderHttp200(exchange, code, message),
    };

    /// <summary>The refusal as a <c>base_resp</c>, on every surface that has one.</summary>
    public static Reply UnderHttp200(Exchange exchange, int code, string message) => exchange.Operation switch
    {
        Operation.Chat or Operation.ChatCompletions => Chat(exchange, code, message),
        Operation.VideoSubmit or Operation.TemplateSubmit or Operation.SpeechTaskSubmit => Submit(code, message),
        _ when exchange.Operation.Dialect() != Dialect.Native => ErrorEnvelope.Reply(exchange, code, message),
        _ => Bare(code, message),
    };

    /// <summary>A chat refused in JSON although a stream was asked for.</summary>
    public static Reply AsDocument(Exchange exchange, int code, string message) =>
        exchange.Operation is Operation.Chat or Operation.ChatCompletions
            ? new Reply.Document(ChatWire.Refused(exchange, code, message)) { IsRefusal = true }
            : UnderHttp200(exchange, code, message);

    /// <summary>A refusal in the middle of a stream.</summary>
    public static Frame AsFrame(Exchange exchange, int code, string message) => exchange.Operation switch
    {
        Operation.Messages => new Frame(Json.Write(ErrorEnvelope.Body(exchange, code, message)), "error"),
        Operation.Chat or Operation.ChatCompletions => new Frame(Json.Write(ChatWire.Refused(exchange, code, message))),
        _ => new Frame(Json.Write(new JsonObject
        {
            ["data"] = null,
            ["trace_id"] = exchange.TraceId,
            ["base_resp"] = Json.BaseResp(code, message),
        })),
    };

    private static Reply Chat(Exchange exchange, int code, string message) =>
        exchange.WantsStream
            ? new Reply.Stream([AsFrame(exchange, code, message)], TimeSpan.Zero) { IsRefusal = true }
            : AsDocument(exchange, code, message);

    private static Reply.Document Submit(int code, string message) =>
        new(new JsonObject { ["task_id"] = "", ["base_resp"] = Json.BaseResp(code, message) }) { IsRefusal = true };

    private static Reply.Document Bare(int code, string message) =>
        new(new JsonObject { ["base_resp"] = Json.BaseResp(code, message) }) { IsRefusal = true };
}
