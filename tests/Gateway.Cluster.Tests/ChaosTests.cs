using System.Globalization;
using System.Security.Cryptography;
using Gateway.Cluster.Tests.Chaos;
using Gateway.Cluster.Tests.Processes;
using Gateway.Testing;

namespace Gateway.Cluster.Tests;

/// <summary>
/// Crashes at random moments. <c>GATEWAY_CHAOS_ROUNDS</c> asks for more rounds, <c>GATEWAY_CHAOS_SEED</c> for the dice of an
/// earlier run.
/// </summary>
public sealed class ChaosTests(ITestOutputHelper output)
{
    private static readonly int Rounds = Setting("GATEWAY_CHAOS_ROUNDS") ?? 20;
    private static readonly int Seed = Setting("GATEWAY_CHAOS_SEED") ?? RandomNumberGenerator.GetInt32(1_000_000);

    [Fact]
    public Task J5_KillMinusNine_loses_doubles_and_leaks_nothing_on_SQLite() => RunAsync(Database.Sqlite);

    [PostgresFact]
    public Task J5_KillMinusNine_loses_doubles_and_leaks_nothing_on_PostgreSQL() => RunAsync(Database.Postgres);

    private async Task RunAsync(Database database)
    {
        output.WriteLine($"{database}: seed {Seed}");
        var started = TimeProvider.System.GetTimestamp();
        await using var scenario = await Scenario.CreateAsync(
            database, ChaosRun.SimulatorOptions(Seed), new Dictionary<string, string> { ["Gateway__NodeLease"] = "00:00:02" });
        using var run = new ChaosRun(scenario, Rounds, Seed);
        var report = await run.RunAsync();

        output.WriteLine($"{database} | {report} | {TimeProvider.System.GetElapsedTime(started).TotalSeconds:0} s");
        foreach (var (line, count) in scenario.LoggedErrors()) output.WriteLine($"logged as an error {count} times: {line}");
        Assert.True(
            report.Violations.Count == 0,
            $"seed {Seed}, {report.Violations.Count} violations, logs in " +
                $"{scenario.Directory}:\n{string.Join('\n', report.Violations.Take(30))}");
        scenario.Passed();
    }

    private static int? Setting(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;
}
