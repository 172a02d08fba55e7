namespace Gateway.Simulator;

/// <summary>The status words: one set for queries, one for callbacks, both different from kind to kind.</summary>
internal static class NativeTaskAnswers
{
    /// <summary>How long the result of a speech task can be fetched; later its query says <c>Expired</c>.</summary>
    public static readonly TimeSpan SpeechLife = TimeSpan.FromHours(9);

    public static string Query(PlatformTask task, DateTimeOffset now) => Query(task, task.PhaseAt(now), now);

    public static string Callback(PlatformTask task, DateTimeOffset now) => (task.Kind, task.PhaseAt(now)) switch
    {
        (TaskKind.VideoV2, TaskPhase phase) => V2(phase),
        (_, TaskPhase.Success) => "success",
        (_, TaskPhase.Fail or TaskPhase.Cancelled) => "failed",
        _ => "processing",
    };

    private static string Query(PlatformTask task, TaskPhase phase, DateTimeOffset now) => task.Kind switch
    {
        TaskKind.VideoV2 => V2(phase),
        TaskKind.Speech => Speech(phase, now - task.End?.At),
        TaskKind.Template when phase == TaskPhase.Queueing => nameof(TaskPhase.Processing),
        _ => phase.ToString(),
    };

    private static string V2(TaskPhase phase) => phase switch
    {
        TaskPhase.Preparing or TaskPhase.Queueing => "queued",
        TaskPhase.Processing => "running",
        TaskPhase.Success => "succeeded",
        TaskPhase.Fail => "failed",
        _ => "cancelled",
    };

    private static string Speech(TaskPhase phase, TimeSpan? age) => phase switch
    {
        TaskPhase.Success when age >= SpeechLife => "Expired",
        TaskPhase.Success => "Success",
        TaskPhase.Fail or TaskPhase.Cancelled => "Failed",
        _ => "Processing",
    };
}
