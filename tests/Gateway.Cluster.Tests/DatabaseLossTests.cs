using System.Net;
using Gateway.Cluster.Tests.Chaos;
using Gateway.Cluster.Tests.Processes;
using Gateway.Simulator;
using Gateway.Testing;

namespace Gateway.Cluster.Tests;

/// <summary>S4: the database goes away and comes back; the gateway stays, says 503 meanwhile and resumes.</summary>
public sealed class DatabaseLossTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    // Long enough that an outage of two seconds is none for the heartbeat.
    private static readonly Dictionary<string, string> LongLease = new()
    {
        ["Gateway__NodeLease"] = "00:00:30",
        ["Gateway__Limits__video__LongestRun"] = "00:02:00",
    };

    [PostgresFact]
    public async Task S4_postgres_restarted_under_load_loses_and_doubles_nothing()
    {
        await using var postgres = await OwnPostgres.StartAsync();
        await using var scenario = await Scenario.CreateAsync(
            Database.Postgres, LoadThroughTrouble.Tasks, LongLease, _ => Task.FromResult(TestDatabase.On(postgres)));
        await LoadThroughTrouble.RunAsync(scenario, jobs: 150, async () =>
        {
            for (var outage = 0; outage < 3; outage++)
            {
                await postgres.StopAsync(outage == 1 ? Unix.Interrupt : Unix.Quit);
                await scenario.WaitForReadyAsync(false);
                var refused = await scenario.Client.SubmitAsync("refused"); // the key is consumed by nobody
                Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.Status);
                await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System);
                await postgres.LaunchAsync();
                await scenario.WaitForReadyAsync(true);
                await Task.Delay(TimeSpan.FromMilliseconds(700), TimeProvider.System);
            }
        });
    }

    [PostgresFact]
    public async Task S4_an_idle_gateway_notices_that_the_database_is_back()
    {
        await using var postgres = await OwnPostgres.StartAsync();
        await using var scenario = await Scenario.CreateAsync(
            Database.Postgres, settings: LongLease, database: _ => Task.FromResult(TestDatabase.On(postgres)));
        await scenario.StartAsync();
        await scenario.Client.AddAccountAsync(1, scenario.Simulator.BaseUrl, 1);

        await postgres.StopAsync();
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await scenario.Client.SubmitAsync("meanwhile")).Status);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await scenario.Client.SendAsync(HttpMethod.Get, "/v1/jobs")).Status);
        await postgres.LaunchAsync();

        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10), TimeProvider.System);
        var job = await scenario.Client.SubmitUntilAcceptedAsync("meanwhile", cancellationToken: patience.Token);
        await scenario.Client.WaitForStatusAsync(job, Patience, "succeeded");
        Assert.Empty(scenario.Client.Wrong);
        scenario.Passed();
    }

    [PostgresFact]
    public async Task L6_an_outage_longer_than_the_lease_does_not_end_the_only_node()
    {
        await using var postgres = await OwnPostgres.StartAsync();
        await using var scenario = await Scenario.CreateAsync(
            Database.Postgres, new SimulatorOptions { ManualTasks = true }, database: _ => Task.FromResult(TestDatabase.On(postgres)));
        await scenario.StartAsync();
        await scenario.Client.AddAccountAsync(1, scenario.Simulator.BaseUrl, 1);
        var job = await scenario.Client.SubmitUntilAcceptedAsync("outlasts it");
        await scenario.Client.WaitForStatusAsync(job, Patience, "running");

        await postgres.StopAsync();
        await Task.Delay(TimeSpan.FromSeconds(5), TimeProvider.System);
        await postgres.LaunchAsync();
        await scenario.WaitForReadyAsync(true);
        scenario.Simulator.FinishAllTasks();
        await scenario.Client.WaitForStatusAsync(job, Patience, "succeeded");
        Assert.False(scenario.Gateway.HasExited);
        scenario.Passed();
    }

    [PostgresFact]
    public async Task L6_calls_are_cut_in_time_though_the_database_hangs_instead_of_failing()
    {
        await using var postgres = await OwnPostgres.StartAsync();
        var chat = new ChatSettings { BetweenFrames = TimeSpan.FromMilliseconds(100), ContentFrames = 400 };
        await using var scenario = await Scenario.CreateAsync(
            Database.Postgres,
            new SimulatorOptions { Chat = chat },
            new Dictionary<string, string> { ["Gateway__NodeLease"] = "00:00:06" },
            _ => Task.FromResult(TestDatabase.On(postgres)));
        await scenario.StartAsync();
        await scenario.Client.AddAccountAsync(1, scenario.Simulator.BaseUrl, 1);
        using var stream = await scenario.Client.ChatAsync("longer than the lease");

        postgres.Signal(Unix.Stop);
        try
        {
            using var lease = new CancellationTokenSource(TimeSpan.FromSeconds(6), TimeProvider.System);
            await scenario.Simulator.WaitForAbortedAsync(1, lease.Token);
            await Task.Delay(TimeSpan.FromSeconds(3), TimeProvider.System);
        }
        finally
        {
            postgres.Signal(Unix.Continue);
        }

        await scenario.WaitForReadyAsync(true);
        var job = await scenario.Client.SubmitUntilAcceptedAsync("afterwards");
        await scenario.Client.WaitForStatusAsync(job, Patience, "succeeded");
        Assert.False(scenario.Gateway.HasExited);
        scenario.Passed();
    }

    [Fact]
    public async Task L6_a_process_frozen_for_longer_than_the_lease_goes_on_where_nobody_else_can_have_taken_over()
    {
        await using var scenario = await Scenario.CreateAsync(Database.Sqlite, new SimulatorOptions { ManualTasks = true });
        await scenario.StartAsync();
        await scenario.Client.AddAccountAsync(1, scenario.Simulator.BaseUrl, 1);
        var job = await scenario.Client.SubmitUntilAcceptedAsync("frozen");
        await scenario.Client.WaitForStatusAsync(job, Patience, "running");

        // A laptop that is closed and opened again.
        scenario.Gateway.Signal(Unix.Stop);
        await Task.Delay(TimeSpan.FromSeconds(5), TimeProvider.System);
        scenario.Gateway.Signal(Unix.Continue);
        await scenario.WaitForReadyAsync(true);
        await Task.Delay(TimeSpan.FromSeconds(2), TimeProvider.System);
        scenario.Simulator.FinishAllTasks();
        await scenario.Client.WaitForStatusAsync(job, Patience, "succeeded");
        scenario.Passed();
    }
}
