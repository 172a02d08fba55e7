using Gateway.Api.Http;
using Gateway.Model.Jobs;
using Gateway.Model.Native;

namespace Gateway.Api.Surfaces.MiniMax.Tasks;

/// <summary>Video, first API (docs/minimax.md, "Video, first API", "Callbacks").</summary>
internal sealed class VideoAnswers : ITaskAnswers
{
    public bool HasFreshLinks => false;

    public FinishedAnswer Created(JobState job, byte[] request) =>
        NativeTaskAnswers.Answer(new TaskCreated(job.TakenId, job.Verdict), NativeTasksJson.Own.TaskCreated);

    public FinishedAnswer Refused(int code, string message, byte[] request) =>
        NativeTaskAnswers.Answer(new TaskCreated("", new BaseResp(code, message)), NativeTasksJson.Own.TaskCreated);

    public byte[] Status(JobState job) => TaskAnswers.Video(job, NativeTaskAnswers.Video(job));
}
