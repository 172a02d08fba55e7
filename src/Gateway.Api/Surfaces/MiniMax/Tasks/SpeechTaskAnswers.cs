using System.Text.Json;
using Gateway.Api.Http;
using Gateway.Api.Native;
using Gateway.Model.Answers;
using Gateway.Model.Jobs;
using Gateway.Model.Native;

namespace Gateway.Api.Surfaces.MiniMax.Tasks;

/// <summary>Speech in the background (docs/minimax.md, "Speech in the background").</summary>
internal sealed class SpeechTaskAnswers : ITaskAnswers
{
    public bool HasFreshLinks => false;

    // The token is of no use to a caller: the gateway's id is all it needs.
    public FinishedAnswer Created(JobState job, byte[] request) =>
        Answer(job.TakenId, job.HasFailed ? 0 : job.Id.Shown, job.Verdict, request);

    public FinishedAnswer Refused(int code, string message, byte[] request) => Answer("", 0, new BaseResp(code, message), request);

    public byte[] Status(JobState job) => JsonSerializer.SerializeToUtf8Bytes(
        new SpeechTaskStatus(job.Id.Shown, WordOf(job), job.Id.Shown, HasExpired(job) ? BaseResp.Success : job.Verdict),
        NativeTasksJson.Own.SpeechTaskStatus);

    private static FinishedAnswer Answer(string task, long file, BaseResp verdict, byte[] request) => NativeTaskAnswers.Answer(
        new SpeechTaskCreated(task, task, file, NativeUnits.Characters(DecisiveFields.Read(request).LongText("text") ?? ""), verdict),
        NativeTasksJson.Own.SpeechTaskCreated);

    private static string WordOf(JobState job) => HasExpired(job) ? "Expired" : job.HasFailed ? "Failed" : "Processing";

    // The upstream made it; nobody asked in time.
    private static bool HasExpired(JobState job) => job.Error?.Code == UpstreamError.ResultExpired;
}
