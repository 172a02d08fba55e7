using System.Text.Json.Nodes;

namespace Gateway.Simulator;

/// <summary>The native dialect of "no": HTTP 200 and a <c>base_resp</c>, each operation with its own empty fields.</summary>
internal static class Refusals
{
    public static Reply NoSuchKey { get; } = Bare(
        1004,
        "login fail: Please carry the API secret key in the 'Authorization' field of the request header");

    public static Reply RevokedKey { get; } = Bare(2049, "invalid api key");

    public static Reply For(Exchange exchange, int code, string message) => exchange.Operation switch
    {
        Operation.Chat => Chat(exchange, code, message),
        Operation.VideoSubmit => Submit(code, message),
        _ => Bare(code, message),
    };

    /// <summary>A chat refused in JSON although a stream was asked for.</summary>
    public static Reply AsDocument(Exchange exchange, int code, string message) =>
        exchange.Operation == Operation.Chat
            ? new Reply.Document(ChatWire.Refused(exchange, code, message)) { IsRefusal = true }
            : For(exchange, code, message);

    private static Reply Chat(Exchange exchange, int code, string message) =>
        exchange.WantsStream
            ? new Reply.Stream([Json.Write(ChatWire.Refused(exchange, code, message))], TimeSpan.Zero) { IsRefusal = true }
            : AsDocument(exchange, code, message);

    private static Reply.Document Submit(int code, string message) =>
        new(new JsonObject { ["task_id"] = "", ["base_resp"] = Json.BaseResp(code, message) }) { IsRefusal = true };

    private static Reply.Document Bare(int code, string message) =>
        new(new JsonObject { ["base_resp"] = Json.BaseResp(code, message) }) { IsRefusal = true };
}
