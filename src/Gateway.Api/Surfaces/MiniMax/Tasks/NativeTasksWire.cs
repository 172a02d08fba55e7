using System.Text.Json.Serialization;
using Gateway.Model;
using Gateway.Model.Native;

namespace Gateway.Api.Surfaces.MiniMax.Tasks;

/// <summary>Answer of a submit.</summary>
internal sealed record TaskCreated(
    [property: JsonPropertyName("task_id")] string TaskId, [property: JsonPropertyName("base_resp")] BaseResp BaseResp);

/// <summary>Answer of a submit of background speech: its file id is a number where its task id is a string.</summary>
internal sealed record SpeechTaskCreated(
    [property: JsonPropertyName("task_id")] string TaskId,
    [property: JsonPropertyName("task_token")] string TaskToken,
    [property: JsonPropertyName("file_id")] long FileId,
    [property: JsonPropertyName("usage_characters")] long UsageCharacters,
    [property: JsonPropertyName("base_resp")] BaseResp BaseResp);

/// <summary>Answer of a query of background speech that has no result.</summary>
internal sealed record SpeechTaskStatus(
    [property: JsonPropertyName("task_id")] long TaskId,
    [property: JsonPropertyName("status")] string Status,
    [property: JsonPropertyName("file_id")] long FileId,
    [property: JsonPropertyName("base_resp")] BaseResp BaseResp);

/// <summary>Answer of a submit on the second API.</summary>
internal sealed record V2Created([property: JsonPropertyName("task_id")] string TaskId);

/// <summary>Answer of a delete on the second API.</summary>
internal sealed record V2Deleted(
    [property: JsonPropertyName("task_id")] string TaskId,
    [property: JsonPropertyName("action")] string Action,
    [property: JsonPropertyName("status")] string Status);

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(TaskCreated))]
[JsonSerializable(typeof(SpeechTaskCreated))]
[JsonSerializable(typeof(SpeechTaskStatus))]
[JsonSerializable(typeof(V2Created))]
[JsonSerializable(typeof(V2Deleted))]
internal sealed partial class NativeTasksJson : JsonSerializerContext
{
    /// <summary>As the gateway writes.</summary>
    public static NativeTasksJson Own => field ??= new(OwnJson.Like(Default.Options));
}
