namespace Gateway.Simulator;

/// <summary>How far a task is. Each kind has its own words for it, see <see cref="NativeTaskAnswers"/>.</summary>
internal enum TaskPhase
{
    Preparing,
    Queueing,
    Processing,
    Success,
    Fail,

    /// <summary>V2 only: deleted while it was queued.</summary>
    Cancelled,
}
