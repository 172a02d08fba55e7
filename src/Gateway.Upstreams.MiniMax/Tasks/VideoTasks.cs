using Gateway.Engine.Upstreams;
using Gateway.Model.Ids;
using Gateway.Model.Operations;

namespace Gateway.Upstreams.MiniMax.Tasks;

/// <summary>Video, first API: a file at the end (docs/minimax.md, "Video, first API").</summary>
internal sealed class VideoTasks : PlatformTasks
{
    public static readonly VideoTasks Instance = new();

    public override string SubmitPath => NativePaths.VideoGeneration;

    public override bool TakesCallback => true;

    public override string QueryPath(string taskId) => $"{NativePaths.QueryVideo}?task_id={Uri.EscapeDataString(taskId)}";

    protected override PollOutcome ReadSuccess(JobId id, byte[] body) => WithFile(id, body);
}
