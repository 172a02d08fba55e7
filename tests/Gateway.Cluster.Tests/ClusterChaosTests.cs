using System.Globalization;
using System.Security.Cryptography;
using Gateway.Cluster.Tests.Rounds;
using Gateway.Cluster.Tests.Rounds.Scenarios;
using Gateway.Testing;

namespace Gateway.Cluster.Tests;

/// <summary>
/// The short form of <c>tests/chaos.sh</c>: every scenario once, on two API nodes and three silos over one PostgreSQL.
/// <c>GATEWAY_CHAOS_SEED</c> asks for the dice of an earlier run.
/// </summary>
public sealed class ClusterChaosTests(ClusterChaosTests.Ground ground, ITestOutputHelper output) : IClassFixture<ClusterChaosTests.Ground>
{
    public static TheoryData<string> Scenarios => [.. ChaosScenarios.All.Select(scenario => scenario.Name)];

    [PostgresTheory]
    [MemberData(nameof(Scenarios))]
    public async Task J5_nothing_is_lost_doubled_leaked_or_overrun(string scenario)
    {
        var seed = Environment.GetEnvironmentVariable("GATEWAY_CHAOS_SEED") is { Length: > 0 } given
            ? int.Parse(given, CultureInfo.InvariantCulture)
            : RandomNumberGenerator.GetInt32(1_000_000);
        var report = await ground.Chaos.RunAsync(ChaosScenarios.Find(scenario), seed);
        output.WriteLine($"{report}");
        Assert.True(report.Violations.Count == 0, $"{report}");
    }

    /// <summary>One cluster for all scenarios, started by the first.</summary>
    public sealed class Ground : IAsyncLifetime
    {
        internal ChaosGround Chaos { get; } = new();

        public ValueTask InitializeAsync() => ValueTask.CompletedTask;

        public async ValueTask DisposeAsync() => await Chaos.DisposeAsync();
    }
}
