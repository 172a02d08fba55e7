using System.Text.Json;
using System.Text.Json.Serialization;
using Gateway.Api.Http;
using Gateway.Model;

namespace Gateway.Api.Surfaces.Jobs;

/// <summary>What became of each submit of a batch, in its order.</summary>
internal sealed record BatchView(IReadOnlyList<BatchItem> Items);

/// <param name="Status">What it would have been answered with alone.</param>
/// <param name="Job">The job, where there is one.</param>
/// <param name="Error">Why not, otherwise.</param>
internal sealed record BatchItem(
    int Status,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] JsonElement? Job,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] BatchError? Error);

internal sealed record BatchError(
    string Code,
    string Message,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<FieldError>? Errors)
{
    public static BatchError Of(ApiError error) => new(error.Code, error.OneLine, error.Errors);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(BatchView))]
internal sealed partial class BatchJson : JsonSerializerContext
{
    /// <summary>As the gateway writes.</summary>
    public static BatchJson Own => field ??= new(OwnJson.Like(Default.Options));
}
