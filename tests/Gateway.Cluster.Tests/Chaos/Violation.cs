namespace Gateway.Cluster.Tests.Chaos;

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

/// <summary>A broken promise, in words.</summary>
internal sealed record Violation(Promise Promise, string What)
{
    public override string ToString() => $"{Promise}: {What}";
}

/// <summary>What an account may still spend on the day its run begins.</summary>
internal sealed record Allowance(DateOnly Day, long Credits);
