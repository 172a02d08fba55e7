using Gateway.Api.Http;
using Gateway.Engine.Storage;
using Gateway.Model.Jobs;

namespace Gateway.Api.Surfaces.Jobs.Content;

/// <summary>The stream of a job that succeeded, whole and byte for byte as it came: a page of it in memory at a time.</summary>
internal sealed class StreamedContent(IStreamStore streams, JobState job) : IResult
{
    private const int PageSize = 16;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var (response, aborted) = (httpContext.Response, httpContext.RequestAborted);
        response.ContentType = BodyRef.EventStream;
        response.BeForeign();
        if (HttpMethods.IsHead(httpContext.Request.Method)) return;

        var after = 0L;
        while (await streams.ReadAsync(job.Id, after, PageSize, aborted) is { Count: > 0 } chunks)
        {
            // What an earlier attempt left behind is no part of the answer.
            foreach (var chunk in chunks.Where(chunk => chunk.Attempt == job.Attempt)) await response.Body.WriteAsync(chunk.Data, aborted);
            after = chunks[^1].End;
        }
    }
}
