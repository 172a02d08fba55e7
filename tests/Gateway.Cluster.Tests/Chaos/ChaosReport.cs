namespace Gateway.Cluster.Tests.Chaos;

/// <summary>What a run did and what the judge found.</summary>
internal sealed record ChaosReport
{
    public required int Rounds { get; init; }

    public required int Kills { get; init; }

    public required int Jobs { get; init; }

    public required int Succeeded { get; init; }

    public required int FailedUnknown { get; init; }

    public required int SecondSubmits { get; init; }

    public required int MostAtOnce { get; init; }

    public required int SlotsLeaked { get; init; }

    public required int ChatsCut { get; init; }

    public required double RunningAtKill { get; init; }

    public required int MostRunningAtKill { get; init; }

    public required double QueuedAtKill { get; init; }

    /// <summary>Every broken promise, in words. Empty when J5 holds.</summary>
    public required IReadOnlyList<string> Violations { get; init; }

    public override string ToString() =>
        $"rounds {Rounds} | kills {Kills} | jobs {Jobs} | succeeded {Succeeded} | failed unknown {FailedUnknown} | second submits " +
            $"{SecondSubmits} | " +
        $"max concurrent {MostAtOnce} | slots leaked {SlotsLeaked} | chats cut {ChatsCut} | at a kill on average {RunningAtKill:0} (most " +
            $"{MostRunningAtKill}) running, {QueuedAtKill:0} queued";
}
