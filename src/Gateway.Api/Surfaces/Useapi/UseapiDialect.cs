using Gateway.Api.Http;

namespace Gateway.Api.Surfaces.Useapi;

/// <summary>useapi.net's dialect: <c>{"error":"…","code":400}</c>.</summary>
internal sealed class UseapiDialect : Dialect
{
    public static readonly UseapiDialect Instance = new();

    // Clients compare the 401 text literally.
    public override IResult Render(ApiError error) =>
        Results.Json(new UseapiError(error.Status == 401 ? "Unauthorized" : error.OneLine, error.Status), UseapiJson.Own.UseapiError, statusCode: error.Status);
}
