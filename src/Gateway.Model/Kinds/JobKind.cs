using System.Text.Json.Serialization;

namespace Gateway.Model.Kinds;

/// <summary>What kind of work a job or call is; the names are the API's <c>kind</c>.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<JobKind>))]
internal enum JobKind
{
    Chat,
    Video,
    Image,
    Speech,
    Music,
}
