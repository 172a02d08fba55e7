using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Gateway.Api.Http;
using Gateway.Grains.Jobs;
using Gateway.Grains.Upstreams;
using Gateway.Grains.Upstreams.Platform.Tasks;

namespace Gateway.Api.Surfaces.MiniMax.Tasks;

/// <summary>What the task APIs have in common: how a failure is told, and the four words of the first API.</summary>
internal static class TaskWords
{
    extension(JobState job)
    {
        /// <summary>Success while it has not failed, else why it did.</summary>
        public BaseResp Verdict => job.HasFailed ? new BaseResp(job.Failure.StatusCode, job.Failure.StatusMsg!) : BaseResp.Success;

        /// <summary>The id of a task that was taken; empty for one that was refused.</summary>
        public string TakenId => job.HasFailed ? "" : job.Id.ToString();
    }

    // Nobody knows yet how an unknown job ends: its caller keeps asking.
    public static string Video(JobState job) => job.Status switch
    {
        JobStatus.Queued => "Queueing",
        JobStatus.Submitting => "Preparing",
        JobStatus.Running or JobStatus.Unknown or JobStatus.Succeeded => "Processing",
        _ => "Fail",
    };

    public static FinishedAnswer Answer<T>(T value, JsonTypeInfo<T> type, int status = StatusCodes.Status200OK) =>
        new(status, "application/json", JsonSerializer.SerializeToUtf8Bytes(value, type));
}

/// <summary>Video, first API (docs/minimax.md, "Video, first API", "Callbacks").</summary>
internal sealed class VideoWords : ITaskWords
{
    public bool HasFreshLinks => false;

    public FinishedAnswer Created(JobState job, byte[] request) => TaskWords.Answer(new TaskCreated(job.TakenId, job.Verdict), NativeTasksJson.Own.TaskCreated);

    public FinishedAnswer Refused(int code, string message, byte[] request) => TaskWords.Answer(new TaskCreated("", new BaseResp(code, message)), NativeTasksJson.Own.TaskCreated);

    public byte[] Status(JobState job) => TaskAnswers.Video(job, TaskWords.Video(job));
}

/// <summary>Video from a template (docs/minimax.md, "Video from templates").</summary>
internal sealed class TemplateWords : ITaskWords
{
    public bool HasFreshLinks => true;

    public FinishedAnswer Created(JobState job, byte[] request) => TaskWords.Answer(new TaskCreated(job.TakenId, job.Verdict), NativeTasksJson.Own.TaskCreated);

    public FinishedAnswer Refused(int code, string message, byte[] request) => TaskWords.Answer(new TaskCreated("", new BaseResp(code, message)), NativeTasksJson.Own.TaskCreated);

    // This API has no word for waiting.
    public byte[] Status(JobState job) => TaskAnswers.Template(job, TaskWords.Video(job) is "Queueing" ? "Preparing" : TaskWords.Video(job));
}

/// <summary>Speech in the background (docs/minimax.md, "Speech in the background").</summary>
internal sealed class SpeechTaskWords : ITaskWords
{
    public bool HasFreshLinks => false;

    // The token is of no use to a caller: the gateway's id is all it needs.
    public FinishedAnswer Created(JobState job, byte[] request) => Answer(job.TakenId, job.HasFailed ? 0 : job.Id.Shown, job.Verdict, request);

    public FinishedAnswer Refused(int code, string message, byte[] request) => Answer("", 0, new BaseResp(code, message), request);

    public byte[] Status(JobState job) => JsonSerializer.SerializeToUtf8Bytes(
        new SpeechTaskStatus(job.Id.Shown, WordOf(job), job.Id.Shown, HasExpired(job) ? BaseResp.Success : job.Verdict), NativeTasksJson.Own.SpeechTaskStatus);

    private static FinishedAnswer Answer(string task, long file, BaseResp verdict, byte[] request) => TaskWords.Answer(
        new SpeechTaskCreated(task, task, file, NativeUnits.Characters(DecisiveFields.Read(request).LongText("text") ?? ""), verdict), NativeTasksJson.Own.SpeechTaskCreated);

    private static string WordOf(JobState job) => HasExpired(job) ? "Expired" : job.HasFailed ? "Failed" : "Processing";

    // The upstream made it; nobody asked in time.
    private static bool HasExpired(JobState job) => job.Error?.Code == UpstreamError.ResultExpired;
}

/// <summary>The second API (docs/minimax.md, "Video, second API"): a refusal has a real status, and a task an object of its own.</summary>
internal sealed class VideoV2Words : ITaskWords
{
    public bool HasFreshLinks => true;

    public FinishedAnswer Created(JobState job, byte[] request) => job.HasFailed
        ? MiniMaxV2Dialect.Answer(new ApiError(400, "refused", job.Failure.StatusMsg!) { NativeCode = job.Failure.StatusCode })
        : TaskWords.Answer(new V2Created(job.Id.ToString()), NativeTasksJson.Own.V2Created);

    public FinishedAnswer Refused(int code, string message, byte[] request) => MiniMaxV2Dialect.Answer(new ApiError(400, "refused", message) { NativeCode = code });

    public byte[] Status(JobState job) => TaskAnswers.VideoV2(job);
}
