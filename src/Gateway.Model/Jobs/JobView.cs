using System.Text.Json;
using System.Text.Json.Serialization;

namespace Gateway.Model.Jobs;

/// <summary>
/// The job JSON (docs/surfaces.md: a fixed contract). Absent: <c>account</c> and <c>team</c> for teams; everything else is null until it is
/// known.
/// </summary>
internal sealed record JobView
{
    public required string Id { get; init; }

    public required string Kind { get; init; }

    /// <summary>What it was asked of; null where the request names none.</summary>
    public string? Model { get; init; }

    public required string Status { get; init; }

    public string? Reason { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Account { get; init; }

    /// <summary>Whose it is: for those who see the jobs of several teams.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Team { get; init; }

    public int Priority { get; init; }

    public int Attempt { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>Not before; and the deadlines to start and to finish by, as they were submitted.</summary>
    public DateTimeOffset? RunAt { get; init; }

    public DateTimeOffset? StartBy { get; init; }

    public DateTimeOffset? FinishBy { get; init; }

    /// <summary>The job that had failed and was submitted again as this one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? RedriveOf { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>Percent, while it runs and where the upstream tells it.</summary>
    public int? Progress { get; init; }

    /// <summary>
    /// Where it stands at its upstream, while it runs and where the upstream tells it: <c>preparing</c>, <c>queueing</c> or
    /// <c>processing</c>.
    /// </summary>
    public string? Stage { get; init; }

    /// <summary>
    /// 1 is next of those that wait for the same accounts; null when it does not wait in line. Counting stops at 1,000 for each team.
    /// </summary>
    public int? Position { get; init; }

    /// <summary>When it will probably have finished, from what such jobs took of late; null while that is not known.</summary>
    public int? EtaSeconds { get; init; }

    public JsonElement? Result { get; init; }

    public JobErrorView? Error { get; init; }

    public required JobCreditsView Credits { get; init; }

    public string? ReplyUrl { get; init; }

    public string? ReplyRef { get; init; }

    /// <summary>Of which events the receiver hears, where that is not the job's end alone.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? ReplyEvents { get; init; }

    public required IReadOnlyDictionary<string, string> Links { get; init; }

    /// <summary>The number of its last event.</summary>
    public long Seq { get; init; }

    /// <summary>On an event: when it happened.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? At { get; init; }

    /// <summary>On an event that stands for others.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? Snapshot { get; init; }
}

internal sealed record JobErrorView(string Code, string Message, int? UpstreamCode);

internal sealed record JobCreditsView(long Reserved, long? Charged);

/// <summary>A result too large to stand inline.</summary>
internal sealed record ResultLink(string Href, long Bytes, string Type);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(JobView))]
[JsonSerializable(typeof(ResultLink))]
[JsonSerializable(typeof(JsonDocument))]
internal sealed partial class JobViewJson : JsonSerializerContext;
