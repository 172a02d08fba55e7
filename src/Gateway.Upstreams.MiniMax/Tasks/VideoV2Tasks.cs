using System.Collections.Frozen;
using Gateway.Engine.Upstreams;
using Gateway.Model.Accounts;
using Gateway.Model.Ids;
using Gateway.Model.Json;
using Gateway.Model.Kinds;
using Gateway.Model.Operations;

namespace Gateway.Upstreams.MiniMax.Tasks;

/// <summary>
/// Video, second API: a link at the end, to be asked for anew when it has expired (docs/minimax.md, "Video, second API").
/// </summary>
internal sealed class VideoV2Tasks : PlatformTasks
{
    /// <summary>Longer than any video: whoever reports more is heard as one who reports too much.</summary>
    private const double MostSeconds = 1_000_000_000;

    private static readonly FrozenDictionary<WorkOperation, VideoV2Tasks> ByOperation =
        OperationTable.All.Where(row => row.Task == TaskApi.VideoV2).ToFrozenDictionary(row => row.Which, row => new VideoV2Tasks(row));

    private readonly Operation _operation;

    private VideoV2Tasks(Operation operation) => _operation = operation;

    public static VideoV2Tasks Of(Operation operation) => ByOperation[operation.Which];

    public override string SubmitPath => _operation.Path;

    // Documented for generation alone.
    public override bool TakesCallback => _operation.Which == WorkOperation.VideoV2;

    public override string QueryPath(string taskId) => $"{NativePaths.QueryVideoV2}/{Uri.EscapeDataString(taskId)}";

    public override string? CancelPath(string taskId) => $"{NativePaths.VideoV2}/{Uri.EscapeDataString(taskId)}";

    protected override string StatusPath => "task.status";

    // What the preparation of a context leads to is not documented: its success is its result.
    protected override PollOutcome ReadSuccess(JobId id, byte[] body)
    {
        var succeeded = new PollOutcome.Succeeded(WithId(body, id, "task.id"), FileId: null, new Usage(Seconds(body), Tokens: null));
        return _operation.Which == WorkOperation.VideoContext ? succeeded : WithLink(succeeded, body, "task.content.url");
    }

    // Billed by the second, reference videos included.
    private static long? Seconds(byte[] body) =>
        double.TryParse(
            JsonValues.Text(body, "task.usage.total_seconds"), System.Globalization.CultureInfo.InvariantCulture, out var seconds)
            && seconds >= 0
            ? (long)Math.Ceiling(Math.Min(seconds, MostSeconds))
            : null;
}
