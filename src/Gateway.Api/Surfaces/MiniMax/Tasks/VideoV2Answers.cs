using Gateway.Api.Http;
using Gateway.Api.Surfaces.MiniMax.Answers;
using Gateway.Model.Jobs;
using Gateway.Model.Native;

namespace Gateway.Api.Surfaces.MiniMax.Tasks;

/// <summary>The second API (docs/minimax.md, "Video, second API"): a refusal has a real status, and a task an object of its own.</summary>
internal sealed class VideoV2Answers : ITaskAnswers
{
    public bool HasFreshLinks => true;

    public FinishedAnswer Created(JobState job, byte[] request) => job.HasFailed
        ? MiniMaxV2Dialect.Instance.Answer(new ApiError(400, "refused", job.Failure.StatusMsg!) { NativeCode = job.Failure.StatusCode })
        : NativeTaskAnswers.Answer(new V2Created(job.Id.ToString()), NativeTasksJson.Own.V2Created);

    public FinishedAnswer Refused(int code, string message, byte[] request) =>
        MiniMaxV2Dialect.Instance.Answer(new ApiError(400, "refused", message) { NativeCode = code });

    public byte[] Status(JobState job) => TaskAnswers.VideoV2(job);
}
