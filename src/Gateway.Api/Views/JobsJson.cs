using System.Text.Json.Serialization;
using Gateway.Model;
using Gateway.Model.Jobs;

namespace Gateway.Api.Views;

internal sealed record JobsPage(IReadOnlyList<JobView> Jobs, string? Next);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(JobView))]
[JsonSerializable(typeof(JobsPage))]
internal sealed partial class JobsJson : JsonSerializerContext
{
    /// <summary>As the gateway writes.</summary>
    public static JobsJson Own => field ??= new(OwnJson.Like(Default.Options));
}
