using Gateway.Cluster.Tests.Cluster;
using Gateway.Simulator;

namespace Gateway.Cluster.Tests.Rounds.Scenarios;

/// <summary>The upstream accepts and the answer is lost: its edge says 502, or the connection goes away, in good order or not.</summary>
internal sealed class AcceptedButLost : IChaosScenario
{
    private static readonly FaultEffect[] Effects =
        [new FaultEffect.AcceptThen502(), new FaultEffect.LoseAnswer(), new FaultEffect.LoseAnswer(Fin: true), new FaultEffect.EmptyBody(Accepted: true)];

    // A third of them, and no more than hold every slot for the longest run once.
    private const double Chance = 0.35;
    private const int Most = 6;

    public string Name => "accepted-but-lost";

    public Task PrepareAsync(TestCluster cluster, Random dice)
    {
        Lose(cluster, dice, Most);
        return Task.CompletedTask;
    }

    /// <summary>Has the answers of some of the coming submits lost.</summary>
    public static void Lose(TestCluster cluster, Random dice, int atMost)
    {
        for (var strike = 0; strike < atMost; strike++)
            cluster.Simulator.Script.Add(
                new FaultRule { Operation = Operation.VideoSubmit, Effect = dice.Pick(Effects), Count = 1, Probability = Chance });
    }

    public Task StrikeAsync(TestCluster cluster, Random dice) => Task.CompletedTask;
}
