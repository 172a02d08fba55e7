using Gateway.Engine.Upstreams;
using Gateway.Model.Accounts;
using Gateway.Model.Ids;
using Gateway.Model.Operations;

namespace Gateway.Upstreams.MiniMax.Tasks;

/// <summary>Video from a template: a link at the end, and no file (docs/minimax.md, "Video from templates").</summary>
internal sealed class TemplateTasks : PlatformTasks
{
    public static readonly TemplateTasks Instance = new();

    public override string SubmitPath => NativePaths.VideoTemplate;

    public override bool TakesCallback => true;

    public override string QueryPath(string taskId) => $"{NativePaths.QueryTemplate}?task_id={Uri.EscapeDataString(taskId)}";

    protected override PollOutcome ReadSuccess(JobId id, byte[] body) =>
        WithLink(new PollOutcome.Succeeded(WithId(body, id, "task_id"), FileId: null, Usage.Unreported), body, "video_url");
}
