using System.Text;
using System.Text.Json.Nodes;

namespace Gateway.Simulator;

/// <summary>The error object of the surfaces that use real HTTP statuses. The code is at the end of the message.</summary>
internal static class ErrorEnvelope
{
    public static Reply.Raw Reply(Exchange exchange, int code, string message, int? status = null)
    {
        (int usual, string type) = Kind(exchange.Operation.Dialect(), code);
        JsonObject body = Body(exchange, type, Text(exchange, code, message), status ?? usual);
        return new Reply.Raw(status ?? usual, "application/json; charset=utf-8", Encoding.UTF8.GetBytes(Json.Write(body)))
        {
            FromPlatform = true,
            IsRefusal = true,
        };
    }

    /// <summary>The envelope as a frame of a stream that has begun.</summary>
    public static JsonObject Body(Exchange exchange, int code, string message)
    {
        (int status, string type) = Kind(exchange.Operation.Dialect(), code);
        return Body(exchange, type, Text(exchange, code, message), status);
    }

    private static JsonObject Body(Exchange exchange, string type, string text, int status)
    {
        var error = new JsonObject { ["type"] = type, ["message"] = text };
        if (exchange.Operation.Dialect() != Dialect.Anthropic)
        {
            error["http_code"] = $"{status}";
        }

        return new JsonObject { ["type"] = "error", ["error"] = error, ["request_id"] = exchange.TraceId };
    }

    private static string Text(Exchange exchange, int code, string message) => code switch
    {
        2049 when exchange.Operation.Dialect() == Dialect.Anthropic => message,
        2064 => $"{message} (2064) (529)",
        _ => $"{message} ({code})",
    };

    private static (int Status, string Type) Kind(Dialect dialect, int code) => (code, dialect) switch
    {
        (1002 or 1041 or 2045 or 2056 or 2062, _) => (429, "rate_limit_error"),
        (1004 or 2049, Dialect.Anthropic) => (401, "authentication_error"),
        (1004 or 2049, _) => (401, "authorized_error"),
        (1008, Dialect.OpenAi) => (429, "insufficient_balance_error"),
        (1008, Dialect.V2) => (402, "insufficient_balance_error"),
        (1026 or 1027, Dialect.OpenAi or Dialect.V2) => (422, "unprocessable_entity_error"),
        (2013, Dialect.Anthropic) => (400, "invalid_request_error"),
        (2013, _) => (400, "bad_request_error"),
        (2064, _) => (529, "overloaded_error"),
        (_, Dialect.Anthropic) or (2061, _) => (500, "api_error"),
        _ => (500, "server_error"),
    };
}
