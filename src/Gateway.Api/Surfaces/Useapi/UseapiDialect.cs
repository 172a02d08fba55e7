using System.Text.Json;
using Gateway.Api.Http;

namespace Gateway.Api.Surfaces.Useapi;

/// <summary>useapi.net's dialect: <c>{"error":"…","code":400}</c>.</summary>
internal sealed class UseapiDialect : Dialect
{
    public static readonly UseapiDialect Instance = new();

    // Clients compare the 401 text literally.
    public override FinishedAnswer Answer(ApiError error) => new(
        error.Status,
        "application/json; charset=utf-8",
        JsonSerializer.SerializeToUtf8Bytes(
            new UseapiError(error.Status == 401 ? "Unauthorized" : error.OneLine, error.Status), UseapiJson.Own.UseapiError));
}
