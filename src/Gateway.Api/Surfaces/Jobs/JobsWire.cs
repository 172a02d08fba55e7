using System.Text.Json.Serialization;
using Gateway.Grains.Jobs;

namespace Gateway.Api.Surfaces.Jobs;

internal sealed record JobsPage(IReadOnlyList<JobView> Jobs, string? Next);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(JobView))]
[JsonSerializable(typeof(JobsPage))]
internal sealed partial class JobsJson : JsonSerializerContext;

/// <summary>A submit as it was read.</summary>
internal sealed record SubmitJob(JobKind Kind, byte[] Request, string? Account, int Priority, JobTimes Times, Reply? Reply);
