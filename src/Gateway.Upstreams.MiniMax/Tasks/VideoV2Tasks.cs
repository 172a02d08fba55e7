using Gateway.Engine.Upstreams;
using Gateway.Model.Accounts;
using Gateway.Model.Ids;
using Gateway.Model.Json;
using Gateway.Upstreams.MiniMax.Requests;

namespace Gateway.Upstreams.MiniMax.Tasks;

/// <summary>Video, second API: a link at the end, to be asked for anew when it has expired (docs/minimax.md, "Video, second API").</summary>
internal sealed class VideoV2Tasks(string submitPath) : PlatformTasks
{
    /// <summary>Longer than any video: whoever reports more is heard as one who reports too much.</summary>
    private const double MostSeconds = 1_000_000_000;

    public static readonly VideoV2Tasks Generation = new(PlatformPaths.VideoV2);
    public static readonly VideoV2Tasks Context = new(PlatformPaths.VideoContext);
    public static readonly VideoV2Tasks Regeneration = new(PlatformPaths.VideoRegeneration);

    public override string SubmitPath => submitPath;

    // Documented for generation alone.
    public override bool TakesCallback => submitPath == PlatformPaths.VideoV2;

    public override string QueryPath(string taskId) => $"{PlatformPaths.QueryVideoV2}/{Uri.EscapeDataString(taskId)}";

    public override string? CancelPath(string taskId) => $"{PlatformPaths.VideoV2}/{Uri.EscapeDataString(taskId)}";

    protected override string StatusPath => "task.status";

    // What the preparation of a context leads to is not documented: its success is its result.
    protected override PollOutcome ReadSuccess(JobId id, byte[] body)
    {
        var succeeded = new PollOutcome.Succeeded(WithId(body, id, "task.id"), FileId: null, new Usage(Seconds(body), Tokens: null));
        return submitPath == PlatformPaths.VideoContext ? succeeded : WithLink(succeeded, body, "task.content.url");
    }

    // Billed by the second, reference videos included.
    private static long? Seconds(byte[] body) =>
        double.TryParse(JsonValues.Text(body, "task.usage.total_seconds"), System.Globalization.CultureInfo.InvariantCulture, out var seconds) && seconds >= 0
            ? (long)Math.Ceiling(Math.Min(seconds, MostSeconds))
            : null;
}
