using Gateway.Api.Http;
using Gateway.Silo.Content;

namespace Gateway.Api.Surfaces.Jobs.Content;

/// <summary>An asset that lies in the result itself.</summary>
internal sealed class HeldContent(OpenedAsset.Held held) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.BeForeign();
        return Results.Bytes(held.Bytes, held.ContentType, enableRangeProcessing: true).ExecuteAsync(httpContext);
    }
}
