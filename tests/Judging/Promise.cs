namespace Gateway.Testing.Judging;

/// <summary>What is promised under every failure.</summary>
internal enum Promise
{
    NoJobLost,
    NoSecondSubmit,
    NeverAboveMaxJobs,
    NeverOverBudget,
    NoSlotLeaked,
    NoEventMissed,

    /// <summary>Whatever else must hold: legal edges, charges that add up, no answer of 500.</summary>
    Sound,
}
