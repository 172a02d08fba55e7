using Gateway.Engine.Upstreams;
using Gateway.Model.Ids;
using Gateway.Model.Operations;

namespace Gateway.Upstreams.MiniMax.Tasks;

/// <summary>
/// Speech in the background: a file at the end; its ids are numbers where video's are strings (docs/minimax.md, "Speech in the
/// background").
/// </summary>
internal sealed class SpeechTasks : PlatformTasks
{
    public static readonly SpeechTasks Instance = new();

    public override string SubmitPath => NativePaths.SpeechTask;

    public override string QueryPath(string taskId) => $"{NativePaths.QuerySpeechTask}?task_id={Uri.EscapeDataString(taskId)}";

    protected override PollOutcome ReadSuccess(JobId id, byte[] body) => WithFile(id, body);
}
