namespace Gateway.Api.Http;

/// <summary>A field the caller got wrong, and the rule it broke.</summary>
internal sealed record FieldError(string Field, string Rule);

/// <summary>What went wrong, before a surface puts it into its own words.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Code">Stable, for programs.</param>
/// <param name="Message">For people; says what would help.</param>
/// <param name="Errors">The fields in question.</param>
/// <param name="RetryAfter">When asking again makes sense.</param>
internal sealed record ApiError(int Status, string Code, string Message, IReadOnlyList<FieldError>? Errors = null, TimeSpan? RetryAfter = null)
{
    /// <summary>MiniMax's own code, where this is what MiniMax itself would answer.</summary>
    public int? NativeCode { get; init; }

    /// <summary>The message with the fields named, for dialects that have one line for everything.</summary>
    public string OneLine => Errors is not { Count: > 0 } errors ? Message : $"{Message} {string.Join("; ", errors.Select(error => $"{error.Field}: {error.Rule}"))}";

    public const string InvalidRequest = "invalid_request";

    public static ApiError Field(string field, string rule) => Fields([new FieldError(field, rule)]);

    public static ApiError Fields(IReadOnlyList<FieldError> errors) => new(400, InvalidRequest, "The request is not valid.", errors);

    public static ApiError MalformedJson(string why) => new(400, "malformed_json", $"The body is not valid JSON: {why}", [new FieldError("body", "must be one JSON object")]);

    public static ApiError NotBuilt(string field, string what) => new(501, "not_implemented", $"{what} is not built yet.", [new FieldError(field, "must be left out for now")]);
}

/// <summary>How a surface says that something went wrong. One per surface, put on its routes as metadata.</summary>
internal abstract class Dialect
{
    public abstract IResult Render(ApiError error);

    /// <summary>Writes an error whose answer has not begun.</summary>
    public Task WriteAsync(HttpContext context, ApiError error)
    {
        if (error.Status == StatusCodes.Status401Unauthorized) context.Response.Headers.WWWAuthenticate = "Bearer";
        if (error.RetryAfter is { } wait) context.Response.Headers.RetryAfter = Seconds(wait);
        return Render(error).ExecuteAsync(context);
    }

    // Whole seconds, at least one: 0 would invite a busy loop.
    private static string Seconds(TimeSpan wait) => Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)).ToString(System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>Ends a request with an error the caller is told; thrown only at the edge, where the shape of the request is read.</summary>
internal sealed class ApiException(ApiError error) : Exception(error.OneLine)
{
    public ApiError Error => error;
}

/// <summary>The gateway's own dialect: RFC 9457 problem details with a stable <c>code</c>.</summary>
internal sealed class ProblemDialect : Dialect
{
    public static readonly ProblemDialect Instance = new();

    public override IResult Render(ApiError error)
    {
        var extensions = new Dictionary<string, object?> { ["code"] = error.Code };
        if (error.Errors is { Count: > 0 } errors) extensions["errors"] = errors.Select(field => new { field = field.Field, rule = field.Rule });
        return Results.Problem(detail: error.OneLine, statusCode: error.Status, title: Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(error.Status), extensions: extensions);
    }
}
