using Gateway.Grains.Jobs;

namespace Gateway.Grains.Upstreams.Platform.Tasks;

/// <summary>Video from a template: a link at the end, and no file (specs 5.5).</summary>
internal sealed class TemplateTasks : PlatformTasks
{
    public static readonly TemplateTasks Instance = new();

    public override string SubmitPath => PlatformPaths.VideoTemplate;

    public override bool TakesCallback => true;

    public override string QueryPath(string taskId) => $"{PlatformPaths.QueryTemplate}?task_id={Uri.EscapeDataString(taskId)}";

    protected override PollOutcome? ReadEnd(JobId id, byte[] body) => JsonValues.Text(body, "status") switch
    {
        "Fail" or "Failed" => FailedByBaseResp(body),
        "Success" when PlatformVerdict.Of(200, body) is null => new PollOutcome.Succeeded(WithId(body, id, "task_id"), FileId: null, Usage.Unreported),
        _ => null,
    };
}
