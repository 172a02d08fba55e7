using Gateway.Grains.Jobs;

namespace Gateway.Grains.Upstreams.Platform.Tasks;

/// <summary>Speech in the background: a file at the end; its ids are numbers where video's are strings (specs 6.2).</summary>
internal sealed class SpeechTasks : PlatformTasks
{
    public static readonly SpeechTasks Instance = new();

    public override string SubmitPath => PlatformPaths.SpeechTask;

    public override string QueryPath(string taskId) => $"{PlatformPaths.QuerySpeechTask}?task_id={Uri.EscapeDataString(taskId)}";

    // The vendor writes this enum in both cases.
    protected override PollOutcome? ReadEnd(JobId id, byte[] body) => JsonValues.Text(body, "status")?.ToLowerInvariant() switch
    {
        "fail" or "failed" => FailedByBaseResp(body),
        // It ended while nobody asked, and its file is gone.
        "expired" => new PollOutcome.Failed(PlatformErrors.OfFailedTask(0, "The speech was not fetched in time and has expired upstream.") with { JobCode = UpstreamError.ResultExpired }),
        "success" when PlatformVerdict.Of(200, body) is null && JsonValues.Text(body, "file_id") is { Length: > 0 } file =>
            new PollOutcome.Succeeded(WithId(body, id, "task_id", "file_id"), file, Usage.Unreported),
        _ => null,
    };
}
