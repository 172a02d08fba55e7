using Gateway.Grains.Jobs;

namespace Gateway.Grains.Upstreams.Platform.Tasks;

/// <summary>Video, second API: a link at the end, to be asked for anew when it has expired (specs 5.4).</summary>
internal sealed class VideoV2Tasks(string submitPath) : PlatformTasks
{
    public static readonly VideoV2Tasks Generation = new(PlatformPaths.VideoV2);
    public static readonly VideoV2Tasks Context = new(PlatformPaths.VideoContext);
    public static readonly VideoV2Tasks Regeneration = new(PlatformPaths.VideoRegeneration);

    public override string SubmitPath => submitPath;

    // Documented for generation alone.
    public override bool TakesCallback => submitPath == PlatformPaths.VideoV2;

    public override string QueryPath(string taskId) => $"{PlatformPaths.QueryVideoV2}/{Uri.EscapeDataString(taskId)}";

    public override string? CancelPath(string taskId) => $"{PlatformPaths.VideoV2}/{Uri.EscapeDataString(taskId)}";

    protected override string StatusPath => "task.status";

    protected override PollOutcome? ReadEnd(JobId id, byte[] body) => JsonValues.Text(body, StatusPath) switch
    {
        "failed" => Failed(int.TryParse(JsonValues.Text(body, "task.error.code"), out var code) ? code : 0, JsonValues.Text(body, "task.error.message")),
        "cancelled" => new PollOutcome.Cancelled(),
        "succeeded" => new PollOutcome.Succeeded(WithId(body, id, "task.id"), FileId: null, new Usage(Seconds(body), Tokens: null)),
        _ => null,
    };

    // Billed by the second, reference videos included.
    private static long? Seconds(byte[] body) =>
        double.TryParse(JsonValues.Text(body, "task.usage.total_seconds"), System.Globalization.CultureInfo.InvariantCulture, out var seconds) && seconds is >= 0 and < 100_000
            ? (long)Math.Ceiling(seconds)
            : null;
}
