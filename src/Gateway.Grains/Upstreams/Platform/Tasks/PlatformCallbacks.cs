using System.Text.Json;
using System.Text.Json.Serialization;
using Gateway.Grains.Jobs;

namespace Gateway.Grains.Upstreams.Platform.Tasks;

/// <summary>
/// What MiniMax would tell a <c>callback_url</c> about a job: the answer of its task's query, with the words of callbacks
/// (specs 5.1, 5.4, 5.5). Here and not in the surface, because worker nodes, which have no surfaces, send it too.
/// </summary>
internal static class PlatformCallbacks
{
    /// <summary>The code of a failure that has none of the vendor's own: its "unknown error".</summary>
    private const int UnknownError = 1000;

    /// <summary>The job's status as a callback names it; a change that leaves the word as it is is no news.</summary>
    public static string WordOf(JobState job) => IsV2(job.Operation) ? WordOfV2(job.Status) : job.Status switch
    {
        JobStatus.Succeeded => "success",
        JobStatus.Failed or JobStatus.Cancelled or JobStatus.Expired => "failed",
        _ => "processing",
    };

    /// <summary>The body of a callback.</summary>
    /// <param name="job">The job as it was after the change that is told.</param>
    /// <param name="result">Its result, where it has one: the vendor's own answer, on the gateway's ids.</param>
    public static byte[] Body(JobState job, byte[]? result)
    {
        if (IsV2(job.Operation)) return result ?? Write(new CallbackTaskV2(TaskOfV2(job)), CallbackJson.Default.CallbackTaskV2);
        return result is null ? Write(Unfinished(job), CallbackJson.Default.CallbackTask) : Reworded(result, WordOf(job));
    }

    private static bool IsV2(WorkOperation operation) => operation is WorkOperation.VideoV2 or WorkOperation.VideoContext or WorkOperation.VideoRegeneration;

    private static string WordOfV2(JobStatus status) => status switch
    {
        JobStatus.Queued or JobStatus.Submitting => "queued",
        JobStatus.Succeeded => "succeeded",
        JobStatus.Cancelled => "cancelled",
        JobStatus.Failed or JobStatus.Expired => "failed",
        _ => "running",
    };

    private static byte[] Reworded(byte[] result, string word)
    {
        var splice = new JsonSplice(result);
        foreach (var status in JsonValues.Find(result, "status")) splice.Replace(status.Bytes, JsonSerializer.SerializeToUtf8Bytes(word, CallbackJson.Default.String));
        return splice.ToArray();
    }

    // A template's task has a link in place of a file (specs 5.5).
    private static CallbackTask Unfinished(JobState job) => job.Operation == WorkOperation.VideoTemplate
        ? new CallbackTask(job.Id.ToString(), WordOf(job), FileId: null, VideoUrl: "", Verdict(job))
        : new CallbackTask(job.Id.ToString(), WordOf(job), FileId: "", VideoUrl: null, Verdict(job));

    private static CallbackTaskV2.Task TaskOfV2(JobState job) => new(
        job.Id.ToString(), job.Model, WordOf(job),
        job.Status is JobStatus.Failed or JobStatus.Expired ? new CallbackTaskV2.Error(CodeOf(job).ToString(System.Globalization.CultureInfo.InvariantCulture), MessageOf(job)) : null,
        job.CreatedAt.ToUnixTimeSeconds(), (job.FinishedAt ?? job.StartedAt ?? job.CreatedAt).ToUnixTimeSeconds());

    private static PlatformBaseResp Verdict(JobState job) => job.Status.IsTerminal ? new PlatformBaseResp(CodeOf(job), MessageOf(job)) : new PlatformBaseResp(0, "success");

    private static int CodeOf(JobState job) => job.Error?.UpstreamCode ?? UnknownError;

    private static string MessageOf(JobState job) => job.Error?.Message ?? $"the job was {job.Status.Name}: {job.Reason}";

    private static byte[] Write<T>(T body, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type) => JsonSerializer.SerializeToUtf8Bytes(body, type);
}

/// <summary>A callback about a task that has no result.</summary>
internal sealed record CallbackTask(
    [property: JsonPropertyName("task_id")] string TaskId,
    [property: JsonPropertyName("status")] string Status,
    [property: JsonPropertyName("file_id")] string? FileId,
    [property: JsonPropertyName("video_url")] string? VideoUrl,
    [property: JsonPropertyName("base_resp")] PlatformBaseResp BaseResp);

/// <summary>The same of the second video API.</summary>
internal sealed record CallbackTaskV2([property: JsonPropertyName("task")] CallbackTaskV2.Task About)
{
    internal sealed record Task(
        [property: JsonPropertyName("id")] string Id,
        [property: JsonPropertyName("model")] string? Model,
        [property: JsonPropertyName("status")] string Status,
        [property: JsonPropertyName("error")] Error? Error,
        [property: JsonPropertyName("created_at")] long CreatedAt,
        [property: JsonPropertyName("updated_at")] long UpdatedAt);

    internal sealed record Error([property: JsonPropertyName("code")] string Code, [property: JsonPropertyName("message")] string Message);
}

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(CallbackTask))]
[JsonSerializable(typeof(CallbackTaskV2))]
[JsonSerializable(typeof(string))]
internal sealed partial class CallbackJson : JsonSerializerContext;
