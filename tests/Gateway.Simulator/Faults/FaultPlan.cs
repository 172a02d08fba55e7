namespace Gateway.Simulator;

internal sealed record FaultPlan(FaultEffect? Effect, TimeSpan Latency)
{
    public static FaultPlan None { get; } = new(null, TimeSpan.Zero);
}
