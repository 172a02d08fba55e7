namespace Gateway.Upstreams.MiniMax.Tasks;

/// <summary>What a task's status says.</summary>
internal enum TaskPhase
{
    /// <summary>It has not ended; a word nobody knows says no more than that.</summary>
    Open,
    Succeeded,
    Failed,
    Cancelled,

    /// <summary>It ended while nobody asked, and what it made is gone.</summary>
    Expired,
}
