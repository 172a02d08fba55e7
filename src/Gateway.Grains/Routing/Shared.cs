namespace Gateway.Grains.Routing;

/// <summary>What one team may have only a part of.</summary>
internal enum Shared
{
    /// <summary>Slots, counted while others wait for one.</summary>
    Slots,

    /// <summary>Slots held by requests of jobs on which no upstream has said that it works.</summary>
    UnansweredSlots,

    /// <summary>Places of calls that wait for a slot.</summary>
    WaitingCalls,

    /// <summary>Places of jobs in the queue.</summary>
    QueuedJobs,
}
