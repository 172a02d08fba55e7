using Gateway.Cluster.Tests.Cluster;

namespace Gateway.Cluster.Tests.Rounds;

/// <summary>Where rounds are made: one cluster for many, a fresh one after a round that broke a promise.</summary>
internal sealed class ChaosGround : IAsyncDisposable
{
    private TestCluster? _cluster;
    private Population? _population;

    public async Task<RoundReport> RunAsync(IChaosScenario scenario, int seed)
    {
        var report = await TryAsync(scenario, seed);
        if (report.Violations.Count == 0) return report;

        Console.WriteLine($"Logs of seed {seed}, {scenario.Name}: {_cluster?.Logs}");
        await EndAsync(passed: false);
        return report;
    }

    // A round that cannot be brought to its end is a broken one.
    private async Task<RoundReport> TryAsync(IChaosScenario scenario, int seed)
    {
        try
        {
            _cluster ??= await TestCluster.StartAsync(Population.Simulated(seed));
            _population ??= await Population.CreateAsync(_cluster);
            return await new ChaosRound(_cluster, _population, scenario, seed).RunAsync();
        }
        catch (Exception failure)
        {
            return new RoundReport(seed, scenario.Name, 0, 0, 0, TimeSpan.Zero, [new Violation(Promise.Sound, $"{failure}")]);
        }
    }

    public async ValueTask DisposeAsync() => await EndAsync(passed: true);

    private async Task EndAsync(bool passed)
    {
        _population?.Dispose();
        if (_cluster is not null) await _cluster.EndAsync(keepLogs: !passed);
        (_cluster, _population) = (null, null);
    }
}
