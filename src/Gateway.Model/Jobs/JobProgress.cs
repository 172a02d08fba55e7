using System.Text.Json.Serialization;

namespace Gateway.Model.Jobs;

/// <summary>
/// How far a running job has come, where its upstream tells (P3): transient, of no event of its own, and only the latest is kept.
/// </summary>
/// <param name="Percent">Null where the upstream gives no number.</param>
/// <param name="Stage">Null where it names none.</param>
internal sealed record JobProgress(int? Percent, UpstreamStage? Stage)
{
    /// <summary>The upstream's own word, of a stage that is <see cref="UpstreamStage.Other"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Word { get; init; }

    /// <summary>The stage as callers see it.</summary>
    [JsonIgnore]
    public string? StageName => Word ?? Stage?.Name;

    /// <summary>What a running job does as long as nothing else is said.</summary>
    public static readonly JobProgress AtWork = new(Percent: null, UpstreamStage.Processing);
}
