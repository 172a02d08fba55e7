namespace Gateway.Cluster.Tests.Chaos;

/// <summary>What an account may still spend on the day its run begins.</summary>
internal sealed record Allowance(DateOnly Day, long Credits);
