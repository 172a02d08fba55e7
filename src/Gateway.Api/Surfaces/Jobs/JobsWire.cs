using System.Text.Json.Serialization;
using Gateway.Api.Surfaces.MiniMax;
using Gateway.Grains;
using Gateway.Grains.Accounts;
using Gateway.Grains.Jobs;

namespace Gateway.Api.Surfaces.Jobs;

internal sealed record JobsPage(IReadOnlyList<JobView> Jobs, string? Next);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(JobView))]
[JsonSerializable(typeof(JobsPage))]
internal sealed partial class JobsJson : JsonSerializerContext
{
    /// <summary>As the gateway writes.</summary>
    public static JobsJson Own => field ??= new(OwnJson.Like(Default.Options));
}

/// <summary>A submit as it was read.</summary>
internal sealed record SubmitJob(NativeRequest Native, byte[] Request, AccountId? Account, int Priority, JobTimes Times, Reply? Reply);
