
namespace Gateway.Api.Http;

/// <summary>
/// The one place where exceptions become answers, in the dialect of the route they happened on. What passes by itself is a 503
/// that says when to come back. What nobody foresaw is a 500 without such an invitation: a client that sends a paid request again
/// may pay twice. It names the request's id, under which the log has the rest (<see cref="Failures"/>); nothing a caller sends may
/// cause it.
/// </summary>
internal sealed class ErrorBoundary(RequestDelegate next, Failures failures, UnmatchedRoutes unmatched)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
            if (context.Response is { HasStarted: false, StatusCode: 404 or 405 or 415, ContentLength: null, ContentType: null })
                await RenderEmptyAsync(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The caller has left: nobody reads an answer.
        }
        catch (Exception failure)
        {
            await AnswerAsync(context, failure);
        }
    }

    private async Task AnswerAsync(HttpContext context, Exception failure)
    {
        var error = failures.Explain(context, failure);
        if (context.Response.HasStarted)
        {
            // Half an answer is out: breaking the connection is the only honest end.
            context.Abort();
            return;
        }

        context.Response.Clear();
        RequestIds.Tell(context);
        await DialectOf(context).WriteAsync(context, error);
    }

    private Task RenderEmptyAsync(HttpContext context)
    {
        var error = context.Response.StatusCode switch
        {
            404 => new ApiError(404, "not_found", $"There is no {context.Request.Method} {context.Request.Path}."),
            405 => new ApiError(405, "method_not_allowed", $"{context.Request.Path} does not answer {context.Request.Method}."),
            _ => new ApiError(415, "unsupported_media_type", "The body must be application/json."),
        };
        return DialectOf(context).WriteAsync(context, error);
    }

    private Dialect DialectOf(HttpContext context) =>
        context.GetEndpoint()?.Metadata.GetMetadata<Dialect>() ?? unmatched.DialectOf(context.Request.Path);
}
