using Gateway.Api.Surfaces;
using Gateway.Grains.Storage;

namespace Gateway.Api.Http;

/// <summary>
/// The one place where exceptions become answers, in the dialect of the route they happened on. Nothing a caller sends may
/// cause a 500: what is nobody's fault but ours is a 503 with its trace id in the log.
/// </summary>
internal sealed partial class ErrorBoundary(RequestDelegate next, ILogger<ErrorBoundary> logger)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
            if (context.Response is { HasStarted: false, StatusCode: 404 or 405 or 415, ContentLength: null, ContentType: null }) await RenderEmptyAsync(context);
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
        var error = Explain(context, failure);
        if (context.Response.HasStarted)
        {
            // Half an answer is out: breaking the connection is the only honest end.
            context.Abort();
            return;
        }

        context.Response.Clear();
        await DialectOf(context).WriteAsync(context, error);
    }

    private ApiError Explain(HttpContext context, Exception failure)
    {
        switch (failure)
        {
            case ApiException api:
                return api.Error;
            case BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge }:
                return new ApiError(413, "body_too_large", "The body is larger than this path accepts.", [new FieldError("body", "must not exceed the limit in Gateway:Bodies")]);
            case BadHttpRequestException bad:
                return new ApiError(bad.StatusCode, "bad_request", bad.Message);
            case StoreUnavailableException unavailable:
                if (unavailable.Detail is { } detail) LogUnavailable(context.TraceIdentifier, unavailable.Message, detail);
                return new ApiError(503, "database_unavailable", unavailable.Message, RetryAfter: StoreUnavailableException.RetryAfter);
            case System.Data.Common.DbException lost:
                LogDatabase(context.TraceIdentifier, lost);
                return new ApiError(503, "database_unavailable", "The database cannot be reached.", RetryAfter: StoreUnavailableException.RetryAfter);
            default:
                LogUnexpected(context.TraceIdentifier, failure);
                return new ApiError(503, "unexpected", $"Something went wrong in the gateway; its log has the details under {context.TraceIdentifier}.", RetryAfter: TimeSpan.FromSeconds(1));
        }
    }

    private static Task RenderEmptyAsync(HttpContext context)
    {
        var error = context.Response.StatusCode switch
        {
            404 => new ApiError(404, "not_found", $"There is no {context.Request.Method} {context.Request.Path}."),
            405 => new ApiError(405, "method_not_allowed", $"{context.Request.Path} does not answer {context.Request.Method}."),
            _ => new ApiError(415, "unsupported_media_type", "The body must be application/json."),
        };
        return DialectOf(context).WriteAsync(context, error);
    }

    private static Dialect DialectOf(HttpContext context) => context.GetEndpoint()?.Metadata.GetMetadata<Dialect>() ?? Neighbourhood.Of(context.Request.Path);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Request {TraceId} was answered 503. {Why} {Detail}")]
    private partial void LogUnavailable(string traceId, string why, string detail);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Request {TraceId} did not reach the database.")]
    private partial void LogDatabase(string traceId, Exception failure);

    [LoggerMessage(Level = LogLevel.Error, Message = "Request {TraceId} failed unexpectedly.")]
    private partial void LogUnexpected(string traceId, Exception failure);
}
