using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Gateway.Api.Http;
using Gateway.Model.Jobs;
using Gateway.Model.Kinds;
using Gateway.Model.Native;

namespace Gateway.Api.Surfaces.MiniMax.Tasks;

/// <summary>What the task APIs have in common: how a failure is told, and the four words of the first API.</summary>
internal static class NativeTaskAnswers
{
    extension(JobState job)
    {
        /// <summary>Success while it has not failed, else why it did.</summary>
        public BaseResp Verdict => job.HasFailed ? job.Failure : BaseResp.Success;

        /// <summary>The id of a task that was taken; empty for one that was refused.</summary>
        public string TakenId => job.HasFailed ? "" : job.Id.ToString();
    }

    // Nobody knows yet how an unknown job ends: its caller keeps asking.
    public static string Video(JobState job) => job.Status switch
    {
        JobStatus.Queued => "Queueing",
        JobStatus.Submitting => "Preparing",
        JobStatus.Running or JobStatus.Unknown or JobStatus.Succeeded => "Processing",
        JobStatus.Failed or JobStatus.Cancelled or JobStatus.Expired => "Fail",
    };

    public static FinishedAnswer Answer<T>(T value, JsonTypeInfo<T> type, int status = StatusCodes.Status200OK) =>
        new(status, "application/json", JsonSerializer.SerializeToUtf8Bytes(value, type));
}
