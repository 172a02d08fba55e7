using System.Text.Json.Serialization;

namespace Gateway.Model.Kinds;

/// <summary>The life of a job (J1); the names are the API's <c>status</c>.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<JobStatus>))]
internal enum JobStatus
{
    Queued,
    Submitting,
    Running,
    Unknown,
    Succeeded,
    Failed,
    Cancelled,
    Expired,
}
