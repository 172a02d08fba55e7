using System.Text.Json.Serialization;

namespace Gateway.Model.Jobs;

/// <summary>Where a body lies: beside the job, or among the large bodies written before the turn (T8).</summary>
/// <param name="Bytes">Its size.</param>
/// <param name="LargeId">The large body's id; null when the body lies in the job's own row.</param>
/// <param name="ContentType">Media type.</param>
internal sealed record BodyRef(long Bytes, string? LargeId, string ContentType = "application/json")
{
    public const string EventStream = "text/event-stream";

    /// <summary>Whether it is the job's stream itself, which lies with the streams.</summary>
    [JsonIgnore]
    public bool IsStream => ContentType == EventStream;
}
