using System.Text.Json;
using System.Text.Json.Serialization;
using Gateway.Model;

namespace Gateway.Api.Http;

/// <summary>The gateway's own dialect: RFC 9457 problem details with a stable <c>code</c>.</summary>
internal sealed class ProblemDialect : Dialect
{
    public static readonly ProblemDialect Instance = new();

    public override FinishedAnswer Answer(ApiError error)
    {
        // The framework knows the page that explains each status.
        var type = TypedResults.Problem(statusCode: error.Status).ProblemDetails.Type;
        var title = Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(error.Status);
        var problem = new Problem(
            type, title, error.Status, error.OneLine, error.Code, error.Errors is { Count: > 0 } ? error.Errors : null);
        return new FinishedAnswer(
            error.Status, "application/problem+json", JsonSerializer.SerializeToUtf8Bytes(problem, ProblemJson.Own.Problem));
    }
}

internal sealed record Problem(string? Type, string Title, int Status, string Detail, string Code, IReadOnlyList<FieldError>? Errors);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Problem))]
internal sealed partial class ProblemJson : JsonSerializerContext
{
    /// <summary>As the gateway writes.</summary>
    public static ProblemJson Own => field ??= new(OwnJson.Like(Default.Options));
}
