using Gateway.Api.Http;
using Gateway.Model.Content;
using Microsoft.Net.Http.Headers;

namespace Gateway.Api.Surfaces.Jobs.Content;

/// <summary>The gateway's own copy of an asset.</summary>
internal sealed class CopiedContent(ResultCopy copy, FileStream file) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.BeForeign();
        // A copy is made once and never changes.
        var tag = new EntityTagHeaderValue($"\"{copy.Job}-{copy.N}\"");
        return Results.Stream(
            file, copy.ContentType, lastModified: copy.CopiedAt, entityTag: tag, enableRangeProcessing: true).ExecuteAsync(httpContext);
    }
}
