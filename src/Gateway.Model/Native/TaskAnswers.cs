using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Gateway.Model.Accounts;
using Gateway.Model.Jobs;
using Gateway.Model.Kinds;
using Gateway.Model.Operations;

namespace Gateway.Model.Native;

/// <summary>
/// What MiniMax's queries answer about a task that has no result, for a job of ours. Queries and callbacks share the shape;
/// their words differ.
/// </summary>
internal static class TaskAnswers
{
    /// <summary>The code of a failure that has none of the vendor's own: its "unknown error".</summary>
    private const int UnknownError = 1000;

    extension(JobState job)
    {
        /// <summary>Ended without a result.</summary>
        public bool HasFailed => job.Status is JobStatus.Failed or JobStatus.Cancelled or JobStatus.Expired;

        /// <summary>Why it failed, in MiniMax's words where it gave any.</summary>
        public BaseResp Failure =>
            new(job.Error?.ShownCode ?? UnknownError, job.Error?.Message ?? $"the job was {job.Status.Name}: {job.Reason}");

        private BaseResp Verdict => job.HasFailed ? job.Failure : BaseResp.Success;
    }

    /// <summary>Video, first API (docs/minimax.md, "Video, first API").</summary>
    public static byte[] Video(JobState job, string word) => JsonSerializer.SerializeToUtf8Bytes(
        new VideoTaskAnswer(job.Id.ToString(), word, FileId: "", job.Verdict), TaskAnswersJson.Default.VideoTaskAnswer);

    /// <summary>Video from a template: a link in place of a file (docs/minimax.md, "Video from templates").</summary>
    public static byte[] Template(JobState job, string word) => JsonSerializer.SerializeToUtf8Bytes(
        new TemplateTaskAnswer(job.Id.ToString(), word, VideoUrl: "", job.Verdict), TaskAnswersJson.Default.TemplateTaskAnswer);

    /// <summary>The second video API (docs/minimax.md, "Video, second API"), whose callbacks have the words of its queries.</summary>
    public static byte[] VideoV2(JobState job) =>
        JsonSerializer.SerializeToUtf8Bytes(new V2TaskAnswer(V2Task.Of(job)), TaskAnswersJson.Default.V2TaskAnswer);
}

internal sealed record VideoTaskAnswer(
    [property: JsonPropertyName("task_id")] string TaskId,
    [property: JsonPropertyName("status")] string Status,
    [property: JsonPropertyName("file_id")] string FileId,
    [property: JsonPropertyName("base_resp")] BaseResp BaseResp);

internal sealed record TemplateTaskAnswer(
    [property: JsonPropertyName("task_id")] string TaskId,
    [property: JsonPropertyName("status")] string Status,
    [property: JsonPropertyName("video_url")] string VideoUrl,
    [property: JsonPropertyName("base_resp")] BaseResp BaseResp);

internal sealed record V2TaskError(
    [property: JsonPropertyName("code")] string Code, [property: JsonPropertyName("message")] string Message);

/// <summary>A task of the second API that has no result.</summary>
internal sealed record V2Task(
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("model")] string? Model,
    [property: JsonPropertyName("status")] string Status,
    [property: JsonPropertyName("error")] V2TaskError? Error,
    [property: JsonPropertyName("created_at")] long CreatedAt,
    [property: JsonPropertyName("updated_at")] long UpdatedAt,
    [property: JsonPropertyName("task_type")] string TaskType)
{
    public static V2Task Of(JobState job) => new(
        job.Id.ToString(),
        job.Model,
        StatusOf(job),
        job.Status is JobStatus.Failed or JobStatus.Expired
            ? new V2TaskError(job.Failure.StatusCode.ToString(CultureInfo.InvariantCulture), job.Failure.StatusMsg!)
            : null,
        job.CreatedAt.ToUnixTimeSeconds(),
        (job.FinishedAt ?? job.StartedAt ?? job.CreatedAt).ToUnixTimeSeconds(),
        TypeOf(job));

    public static string StatusOf(JobState job) => job.Status switch
    {
        JobStatus.Queued or JobStatus.Submitting => "queued",
        JobStatus.Running or JobStatus.Unknown => "running",
        JobStatus.Succeeded => "succeeded",
        JobStatus.Cancelled => "cancelled",
        JobStatus.Failed or JobStatus.Expired => "failed",
    };

    public static string TypeOf(JobState job) => OperationTable.Of(job.Kind, job.Operation).TaskType;
}

internal sealed record V2TaskAnswer([property: JsonPropertyName("task")] V2Task Task);

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(VideoTaskAnswer))]
[JsonSerializable(typeof(TemplateTaskAnswer))]
[JsonSerializable(typeof(V2TaskAnswer))]
[JsonSerializable(typeof(V2Task))]
internal sealed partial class TaskAnswersJson : JsonSerializerContext;
