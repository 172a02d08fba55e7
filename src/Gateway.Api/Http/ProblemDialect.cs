namespace Gateway.Api.Http;

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
