using Gateway.Cluster.Tests.Cluster;

namespace Gateway.Cluster.Tests.Rounds;

/// <summary>One kind of harm. What it does to whom and when the dice say, so that a round can be had again by its seed.</summary>
internal interface IChaosScenario
{
    string Name { get; }

    /// <summary>Over how long the load arrives.</summary>
    TimeSpan LoadFor => TimeSpan.FromSeconds(4);

    /// <summary>What must be so before the load begins.</summary>
    Task PrepareAsync(TestCluster cluster, Random dice) => Task.CompletedTask;

    /// <summary>Does the harm, amid the load. Ends when every node it killed runs again.</summary>
    Task StrikeAsync(TestCluster cluster, Random dice);
}
