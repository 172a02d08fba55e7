using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Gateway.Api.Http;
using Gateway.Model;

namespace Gateway.Api.Surfaces.MiniMax.Answers;

/// <summary>
/// The dialect of MiniMax's second API: a real status, and an envelope whose message ends with the code (docs/minimax.md, "Errors").
/// </summary>
internal sealed class MiniMaxV2Dialect : Dialect
{
    public static readonly MiniMaxV2Dialect Instance = new();

    public override FinishedAnswer Answer(ApiError error)
    {
        var status = error.NativeCode is null ? error.Status : StatusOf(error.NativeCode.Value);
        var message = WithCode(error.NativeCode is null ? error.OneLine : error.Message, error.NativeCode ?? MiniMaxDialect.CodeOf(error));
        var envelope = new V2ErrorAnswer(
            "error", new V2Error(TypeOf(status), message, status.ToString(CultureInfo.InvariantCulture)), Guid.NewGuid().ToString("N"));
        return new FinishedAnswer(
            status, "application/json; charset=utf-8", JsonSerializer.SerializeToUtf8Bytes(envelope, MiniMaxV2Json.Own.V2ErrorAnswer));
    }

    // The vendor's own words end with it already.
    private static string WithCode(string message, int code) =>
        message.Contains($"({code})", StringComparison.Ordinal) ? message : $"{message} ({code})";

    /// <summary>The status this API gives a code of MiniMax's (docs/minimax.md, "Codes").</summary>
    public static int StatusOf(int code) => code switch
    {
        1002 or 1041 or 2056 or 2062 => 429,
        1004 or 2049 => 401,
        1008 => 402,
        1026 or 1027 => 422,
        2064 => 529,
        1000 or 1001 or 1013 or 1024 or 1033 => 500,
        _ => 400,
    };

    private static string TypeOf(int status) => status switch
    {
        401 or 403 => "authorized_error",
        402 => "insufficient_balance_error",
        422 => "unprocessable_entity_error",
        429 => "rate_limit_error",
        529 => "overloaded_error",
        >= 500 => "server_error",
        _ => "bad_request_error",
    };
}

internal sealed record V2Error(
    [property: JsonPropertyName("type")] string Type,
    [property: JsonPropertyName("message")] string Message,
    [property: JsonPropertyName("http_code")] string HttpCode);

internal sealed record V2ErrorAnswer(
    [property: JsonPropertyName("type")] string Type,
    [property: JsonPropertyName("error")] V2Error Error,
    [property: JsonPropertyName("request_id")] string RequestId);

[JsonSerializable(typeof(V2ErrorAnswer))]
internal sealed partial class MiniMaxV2Json : JsonSerializerContext
{
    /// <summary>As the gateway writes.</summary>
    public static MiniMaxV2Json Own => field ??= new(OwnJson.Like(Default.Options));
}
