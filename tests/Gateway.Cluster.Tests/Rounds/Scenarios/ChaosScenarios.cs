using Gateway.Cluster.Tests.Cluster;
using Gateway.Simulator;

namespace Gateway.Cluster.Tests.Rounds.Scenarios;

/// <summary>All there are.</summary>
internal static class ChaosScenarios
{
    public static IReadOnlyList<IChaosScenario> All { get; } =
    [
        new Kill("kill-silo", NodeRole.Silo),
        new Kill("kill-api", NodeRole.Api),
        new Freeze(),
        new DatabaseRestart(),
        new BackendTermination(),
        new RollingRestart(),
        new ClockOff(),
        new DatabaseCut(),
        new AcceptedButLost(),
        new DeathAtAwait("death-while-committing", held: null, LinkFault.Deaf),
        new DeathAtAwait("death-while-sending", Operation.VideoSubmit, LinkFault.None),
        new DeathAtAwait("death-before-task-id", Operation.VideoSubmit, LinkFault.Silent),
        new DeathAtAwait("death-while-polling", Operation.VideoQuery, LinkFault.None),
        new DeathAtAwait("death-before-result", Operation.VideoQuery, LinkFault.Silent),
    ];

    public static IChaosScenario Find(string name) =>
        All.FirstOrDefault(scenario => scenario.Name == name)
            ?? throw new ArgumentException(
                $"There is no scenario '{name}'; there are {string.Join(", ", All.Select(scenario => scenario.Name))}.");

    /// <summary>Consecutive seeds take the scenarios in turn.</summary>
    public static IChaosScenario Of(int seed) => All[seed % All.Count];
}

internal static class ChaosDice
{
    extension(Random dice)
    {
        public T Pick<T>(IReadOnlyList<T> choices) => choices[dice.Next(choices.Count)];

        public TimeSpan Between(double leastSeconds, double mostSeconds) =>
            TimeSpan.FromSeconds(leastSeconds + (mostSeconds - leastSeconds) * dice.NextDouble());

        /// <summary>Waits for a moment within these seconds.</summary>
        public Task MomentAsync(double leastSeconds, double mostSeconds) =>
            Task.Delay(dice.Between(leastSeconds, mostSeconds), TimeProvider.System);
    }
}
