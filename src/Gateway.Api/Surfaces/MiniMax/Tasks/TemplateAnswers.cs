using Gateway.Api.Http;
using Gateway.Model.Jobs;
using Gateway.Model.Native;

namespace Gateway.Api.Surfaces.MiniMax.Tasks;

/// <summary>Video from a template (docs/minimax.md, "Video from templates").</summary>
internal sealed class TemplateAnswers : ITaskAnswers
{
    public bool HasFreshLinks => true;

    public FinishedAnswer Created(JobState job, byte[] request) =>
        NativeTaskAnswers.Answer(new TaskCreated(job.TakenId, job.Verdict), NativeTasksJson.Own.TaskCreated);

    public FinishedAnswer Refused(int code, string message, byte[] request) =>
        NativeTaskAnswers.Answer(new TaskCreated("", new BaseResp(code, message)), NativeTasksJson.Own.TaskCreated);

    // This API has no word for waiting.
    public byte[] Status(JobState job) =>
        TaskAnswers.Template(job, NativeTaskAnswers.Video(job) is "Queueing" ? "Preparing" : NativeTaskAnswers.Video(job));
}
