using Gateway.Grains.Jobs;

namespace Gateway.Grains.Upstreams.Platform.Tasks;

/// <summary>Video, first API: a file at the end (specs 5.1, 5.2).</summary>
internal sealed class VideoTasks : PlatformTasks
{
    public static readonly VideoTasks Instance = new();

    public override string SubmitPath => PlatformPaths.VideoGeneration;

    public override bool TakesCallback => true;

    public override string QueryPath(string taskId) => $"{PlatformPaths.QueryVideo}?task_id={Uri.EscapeDataString(taskId)}";

    protected override PollOutcome? ReadEnd(JobId id, byte[] body) => JsonValues.Text(body, "status") switch
    {
        "Fail" or "Failed" => FailedByBaseResp(body),
        "Success" when PlatformVerdict.Of(200, body) is null && JsonValues.Text(body, "file_id") is { Length: > 0 } file =>
            new PollOutcome.Succeeded(WithId(body, id, "task_id", "file_id"), file, Usage.Unreported),
        _ => null,
    };
}
