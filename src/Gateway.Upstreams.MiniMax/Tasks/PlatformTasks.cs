using System.Text.Json;
using Gateway.Engine.Upstreams;
using Gateway.Model.Accounts;
using Gateway.Model.Answers;
using Gateway.Model.Ids;
using Gateway.Model.Json;
using Gateway.Model.Kinds;
using Gateway.Model.Operations;
using Gateway.Upstreams.MiniMax.Verdicts;

namespace Gateway.Upstreams.MiniMax.Tasks;

/// <summary>
/// One of MiniMax's task APIs: where it is submitted and asked, and how its answers read. Results are MiniMax's own answers
/// with the gateway's ids in place of the upstream's.
/// </summary>
internal abstract class PlatformTasks
{
    /// <summary>The task API of an operation; null for what is answered at once.</summary>
    public static PlatformTasks? Of(JobKind kind, WorkOperation operation)
    {
        var row = OperationTable.Of(kind, operation);
        return row.Task is { } api ? Of(api, row) : null;
    }

    private static PlatformTasks Of(TaskApi api, Operation row) => api switch
    {
        TaskApi.Video => VideoTasks.Instance,
        TaskApi.Template => TemplateTasks.Instance,
        TaskApi.Speech => SpeechTasks.Instance,
        TaskApi.VideoV2 => VideoV2Tasks.Of(row),
    };

    public abstract string SubmitPath { get; }

    public abstract string QueryPath(string taskId);

    /// <summary>Whether a submit may name an address that is told of each change.</summary>
    public virtual bool TakesCallback => false;

    /// <summary>Where a task that has not begun can be cancelled; null where the API has no such thing.</summary>
    public virtual string? CancelPath(string taskId) => null;

    /// <summary>What a query's answer says of its task.</summary>
    /// <param name="id">The job's id.</param>
    /// <param name="status">The answer's status.</param>
    /// <param name="body">The answer.</param>
    /// <param name="words">Cleans what it says.</param>
    public PollOutcome ReadPoll(JobId id, int status, byte[] body, UpstreamWords words)
    {
        var verdict = PlatformVerdict.Read(status, body);
        if (!verdict.IsJson) return new PollOutcome.Trouble(verdict.Error?.Message ?? $"The upstream answered {status} without a task.");
        var word = StatusOf(body) is { } said ? words.Clean(said) : null;
        var phase = StatusWords.PhaseOf(word);
        // What ended badly tells so in the words of an error; beside any other word an error is about the question.
        if (verdict.Error is { } error && phase is not (TaskPhase.Failed or TaskPhase.Expired or TaskPhase.Cancelled))
            return error.Class == ErrorClass.AuthDead
                ? new PollOutcome.Unreadable(error)
                : new PollOutcome.Trouble(error.Describe(), error);
        return phase switch
        {
            TaskPhase.Succeeded => ReadSuccess(id, body),
            TaskPhase.Failed => Failed(body),
            TaskPhase.Cancelled => new PollOutcome.Cancelled(), // only what has not begun can be (docs/minimax.md, "Video, second API")
            TaskPhase.Expired => new PollOutcome.Failed(Expired),
            _ => new PollOutcome.StillRunning(StatusWords.ProgressOf(word)),
        };
    }

    /// <summary>Where an answer names the task's status.</summary>
    protected virtual string StatusPath => "status";

    /// <summary>What a success leads to: what was made, or that it is not named yet.</summary>
    protected abstract PollOutcome ReadSuccess(JobId id, byte[] body);

    /// <summary>A success with a file, whose name may come later than the word.</summary>
    protected static PollOutcome WithFile(JobId id, byte[] body) =>
        JsonValues.Text(body, "file_id") is { Length: > 0 } and not "0" and var file
            ? new PollOutcome.Succeeded(WithId(body, id, "task_id", "file_id"), file, Usage.Unreported)
            : new PollOutcome.Finishing(Named: null);

    /// <summary>A success whose answer holds the link itself, which may come later than the word.</summary>
    /// <param name="succeeded">The success.</param>
    /// <param name="body">The answer.</param>
    /// <param name="link">Where the link stands.</param>
    protected static PollOutcome WithLink(PollOutcome.Succeeded succeeded, byte[] body, string link) =>
        JsonValues.Text(body, link) is { Length: > 0 } ? succeeded : new PollOutcome.Finishing(succeeded);

    /// <summary>The answer with the gateway's id wherever one of these paths holds one; its types stay.</summary>
    protected static byte[] WithId(byte[] body, JobId id, params string[] paths)
    {
        var splice = new JsonSplice(body);
        foreach (var value in JsonValues.Find(body, paths))
            if (value.Type is JsonTokenType.String or JsonTokenType.Number) splice.ReplaceId(value, id.ToString());
        return splice.ToArray();
    }

    private static UpstreamError Expired =>
        PlatformErrors.OfFailedTask(
            0, "The task was not fetched in time and has expired upstream.") with
        { JobCode = UpstreamError.ResultExpired };

    private string? StatusOf(byte[] body) => JsonValues.Text(body, StatusPath) ?? JsonValues.Text(body, "status");

    // Each API has its own place for why; none of them fills it always.
    private static PollOutcome.Failed Failed(byte[] body)
    {
        var code = CodeAt(body, "task.error.code") ?? CodeAt(body, "error.code") ?? CodeAt(body, "base_resp.status_code") ?? 0;
        var told = JsonValues.Text(body, "task.error.message")
            ?? JsonValues.Text(body, "error.message")
            ?? (code == 0 ? null : JsonValues.Text(body, "base_resp.status_msg"));
        return new PollOutcome.Failed(PlatformErrors.OfFailedTask(code, told is { Length: > 0 } ? told : "The upstream failed the task."));
    }

    private static int? CodeAt(byte[] body, string path) =>
        VerdictFields.Number(JsonValues.Text(body, path)) is { } code and > 0 and <= int.MaxValue ? (int)code : null;
}
