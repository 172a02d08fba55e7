using System.Text.Json;
using Gateway.Grains.Jobs;

namespace Gateway.Grains.Upstreams.Platform.Tasks;

/// <summary>
/// One of MiniMax's task APIs: where it is submitted and asked, and how its answers read. Results are MiniMax's own answers
/// with the gateway's ids in place of the upstream's.
/// </summary>
internal abstract class PlatformTasks
{
    /// <summary>The task API of an operation; null for what is answered at once.</summary>
    public static PlatformTasks? Of(JobKind kind, WorkOperation operation) => operation switch
    {
        WorkOperation.Plain when kind == JobKind.Video => VideoTasks.Instance,
        WorkOperation.VideoV2 => VideoV2Tasks.Generation,
        WorkOperation.VideoContext => VideoV2Tasks.Context,
        WorkOperation.VideoRegeneration => VideoV2Tasks.Regeneration,
        WorkOperation.VideoTemplate => TemplateTasks.Instance,
        WorkOperation.SpeechTask => SpeechTasks.Instance,
        _ => null,
    };

    public abstract string SubmitPath { get; }

    public abstract string QueryPath(string taskId);

    /// <summary>Whether a submit may name an address that is told of each change.</summary>
    public virtual bool TakesCallback => false;

    /// <summary>Where a task that has not begun can be cancelled; null where the API has no such thing.</summary>
    public virtual string? CancelPath(string taskId) => null;

    public PollOutcome ReadPoll(JobId id, int status, byte[] body)
    {
        if (!PlatformVerdict.IsJson(body)) return new PollOutcome.Trouble($"The upstream answered {status} without a task.");
        if (ReadEnd(id, body) is { } end) return end;
        if (PlatformVerdict.Of(status, body) is { } error)
            return error.Class == ErrorClass.AuthDead ? new PollOutcome.Unreadable(error) : new PollOutcome.Trouble(error.Describe());
        return new PollOutcome.StillRunning(StageOf(JsonValues.Text(body, StatusPath)) is { } stage ? new JobProgress(Percent: null, stage) : null);
    }

    /// <summary>Where an answer names the task's status.</summary>
    protected virtual string StatusPath => "status";

    /// <summary>How the task ended; null while it has not.</summary>
    protected abstract PollOutcome? ReadEnd(JobId id, byte[] body);

    private static UpstreamStage? StageOf(string? status) => status?.ToLowerInvariant() switch
    {
        "preparing" => UpstreamStage.Preparing,
        "queueing" or "queued" => UpstreamStage.Queueing,
        "processing" or "running" => UpstreamStage.Processing,
        _ => null,
    };

    protected static PollOutcome.Failed Failed(int code, string? message) =>
        new(PlatformErrors.OfFailedTask(code, message is { Length: > 0 } ? message : "The upstream failed the task."));

    /// <summary>A failure told in <c>base_resp</c>.</summary>
    protected static PollOutcome.Failed FailedByBaseResp(byte[] body) =>
        Failed(JsonValues.Text(body, "base_resp.status_code") is { } code && int.TryParse(code, out var number) ? number : 0, JsonValues.Text(body, "base_resp.status_msg"));

    /// <summary>The answer with the gateway's id wherever one of these paths holds one; its types stay.</summary>
    protected static byte[] WithId(byte[] body, JobId id, params string[] paths)
    {
        var splice = new JsonSplice(body);
        foreach (var value in JsonValues.Find(body, paths))
            if (value.Type is JsonTokenType.String or JsonTokenType.Number) splice.ReplaceId(value, id.ToString());
        return splice.ToArray();
    }
}
