using Gateway.Engine.Bodies;
using Gateway.Engine.Turns;

namespace Gateway.Api.Http;

/// <summary>What an exception means to the caller, and what the log says of it: for a whole request, or for one item of many.</summary>
internal sealed partial class Failures(BodyLimitOptions bodies, ILogger<ErrorBoundary> logger)
{
    public ApiError Explain(HttpContext context, Exception failure)
    {
        switch (failure)
        {
            case ApiException api:
                return api.Error;
            case BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge }:
                return new ApiError(
                    413, "body_too_large", "The body is larger than this path accepts.",
                    [new FieldError("body", "must not exceed the limit in Gateway:Bodies")]);
            case BadHttpRequestException { StatusCode: StatusCodes.Status408RequestTimeout }:
                return new ApiError(
                    408, "body_too_slow", "The body came too slowly.",
                    [new FieldError("body", $"must come with {bodies.LeastRate} bytes a second where it is large " +
                        $"(Gateway:Bodies:LeastRate)")]);
            case BadHttpRequestException bad:
                return new ApiError(bad.StatusCode, "bad_request", bad.Message);
            case StoreUnavailableException unavailable:
                if (unavailable.Detail is { } detail) LogUnavailable(context.TraceIdentifier, unavailable.Message, detail, unavailable);
                return new ApiError(503, "database_unavailable", unavailable.Message, RetryAfter: StoreUnavailableException.RetryAfter);
            case System.Data.Common.DbException lost:
                LogDatabase(context.TraceIdentifier, lost);
                return new ApiError(
                    503, "database_unavailable", "The database cannot be reached.", RetryAfter: StoreUnavailableException.RetryAfter);
            default:
                LogUnexpected(context.TraceIdentifier, failure);
                return new ApiError(
                    500, "unexpected",
                    $"Something went wrong in the gateway; its log has the details under {context.TraceIdentifier}. Whether the request " +
                        $"took effect is not known.");
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Request {RequestId} was answered 503. {Why} {Detail}")]
    private partial void LogUnavailable(string requestId, string why, string detail, Exception failure);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Request {RequestId} did not reach the database.")]
    private partial void LogDatabase(string requestId, Exception failure);

    [LoggerMessage(Level = LogLevel.Error, Message = "Request {RequestId} failed unexpectedly.")]
    private partial void LogUnexpected(string requestId, Exception failure);
}
