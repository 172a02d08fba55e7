using System.Text.Json;
using System.Text.Json.Serialization;
using Gateway.Api.Http;
using Gateway.Model;
using Gateway.Model.Native;

namespace Gateway.Api.Surfaces.MiniMax.Answers;

/// <summary>MiniMax's native dialect: <c>base_resp</c> in every answer. The gateway's own refusals also carry a real status.</summary>
internal sealed class MiniMaxDialect : Dialect
{
    public static readonly MiniMaxDialect Instance = new();

    public override FinishedAnswer Answer(ApiError error)
    {
        var (status, verdict) = error.NativeCode is { } code
            ? (StatusCodes.Status200OK, new BaseResp(code, error.Message))
            : (error.Status, new BaseResp(CodeOf(error), error.OneLine));
        return new FinishedAnswer(
            status, "application/json; charset=utf-8",
            JsonSerializer.SerializeToUtf8Bytes(new BaseRespAnswer(verdict), MiniMaxJson.Own.BaseRespAnswer));
    }

    // The nearest of MiniMax's own codes, so that a client's error handling does what it would do there.
    public static int CodeOf(ApiError error) => error.Status switch
    {
        401 or 403 => 1004,
        429 => 1002,
        500 => 1000,
        503 when error.Code == Busy.Overloaded => 2064,
        503 => 1033,
        _ => 2013,
    };
}

internal sealed record BaseRespAnswer([property: JsonPropertyName("base_resp")] BaseResp BaseResp);

[JsonSerializable(typeof(BaseRespAnswer))]
internal sealed partial class MiniMaxJson : JsonSerializerContext
{
    /// <summary>As the gateway writes.</summary>
    public static MiniMaxJson Own => field ??= new(OwnJson.Like(Default.Options));
}
