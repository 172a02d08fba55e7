using Gateway.Cluster.Tests.Processes;
using Gateway.Simulator;

namespace Gateway.Cluster.Tests;

/// <summary>SIGTERM: what is under way ends well, what lasts longer is left in good order.</summary>
public abstract class GracefulStopContract(Database database)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    // A lease nobody can wait out within the test: only a stop in good order lets the next start adopt at once.
    private static readonly Dictionary<string, string> LongLease = new()
    {
        ["Gateway__NodeLease"] = "00:02:00",
        ["Gateway__Limits__video__LongestRun"] = "00:05:00",
    };

    [Fact]
    public async Task L5_a_stream_ends_and_running_jobs_are_adopted_by_the_next_start_at_once()
    {
        var chat = new ChatSettings { BetweenFrames = TimeSpan.FromMilliseconds(50), ContentFrames = 40 };
        await using var scenario = await Scenario.CreateAsync(
            database, new SimulatorOptions { ManualTasks = true, Chat = chat }, LongLease);
        await scenario.StartAsync();
        await scenario.Client.AddAccountAsync(1, scenario.Simulator.BaseUrl, maxJobs: 4);
        string[] jobs =
        [
            await scenario.Client.SubmitUntilAcceptedAsync("a"),
            await scenario.Client.SubmitUntilAcceptedAsync("b"),
            await scenario.Client.SubmitUntilAcceptedAsync("c")
        ];
        foreach (var job in jobs) await scenario.Client.WaitForStatusAsync(job, Patience, "running");
        using var stream = await scenario.Client.ChatAsync("a long answer");
        var text = stream.Content.ReadAsStringAsync();
        var queued = await scenario.Client.SubmitUntilAcceptedAsync("d");

        await scenario.StopAsync();
        Assert.Contains("\"finish_reason\":\"stop\"", await text, StringComparison.Ordinal);

        await scenario.StartAsync();
        scenario.Simulator.ManualTasks = false;
        scenario.Simulator.FinishAllTasks();
        foreach (var job in jobs.Append(queued)) await scenario.Client.WaitForStatusAsync(job, Patience, "succeeded");
        Assert.Equal(4, scenario.Simulator.Ledger.Count(Operation.VideoSubmit));
        scenario.Passed();
    }

    [Fact]
    public async Task J3_a_submit_under_way_is_answered_and_written_down_before_the_stop()
    {
        await using var scenario = await Scenario.CreateAsync(database, new SimulatorOptions { ManualTasks = true }, LongLease);
        await scenario.StartAsync();
        await scenario.Client.AddAccountAsync(1, scenario.Simulator.BaseUrl, maxJobs: 1);
        using var gate = scenario.Simulator.Hold(Operation.VideoSubmit);
        var job = await scenario.Client.SubmitUntilAcceptedAsync("under way");
        await scenario.Simulator.WaitForAcceptedAsync(1);

        var stop = scenario.StopAsync();
        await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System);
        gate.Release();
        await stop;

        await scenario.StartAsync();
        Assert.Equal("running", (await scenario.Client.JobAsync(job)).GetProperty("status").GetString());
        scenario.Simulator.FinishAllTasks();
        await scenario.Client.WaitForStatusAsync(job, Patience, "succeeded");
        scenario.Passed();
    }

    [Fact]
    public async Task P1_open_event_streams_and_long_polls_do_not_hold_up_the_stop()
    {
        await using var scenario = await Scenario.CreateAsync(database, new SimulatorOptions { ManualTasks = true }, LongLease);
        await scenario.StartAsync();
        await scenario.Client.AddAccountAsync(1, scenario.Simulator.BaseUrl, maxJobs: 1);
        var job = await scenario.Client.SubmitUntilAcceptedAsync("watched");
        await scenario.Client.WaitForStatusAsync(job, Patience, "running");
        using var events = await scenario.Client.EventsAsync(job);
        var poll = scenario.Client.SendAsync(HttpMethod.Get, $"/v1/jobs/{job}?wait=60");
        var read = events.Content.ReadAsStringAsync();

        var started = TimeProvider.System.GetTimestamp();
        await scenario.StopAsync();
        var took = TimeProvider.System.GetElapsedTime(started);
        Assert.True(took < TimeSpan.FromSeconds(10), $"The stop took {took.TotalSeconds:0.0} s.");
        Assert.Contains("event: job.running", await read, StringComparison.Ordinal);
        Assert.Equal("running", (await poll).Body.GetProperty("status").GetString());

        await scenario.StartAsync();
        scenario.Simulator.FinishAllTasks();
        await scenario.Client.WaitForStatusAsync(job, Patience, "succeeded");
        scenario.Passed();
    }
}

public sealed class SqliteGracefulStopTests() : GracefulStopContract(Database.Sqlite);

public sealed class PostgresGracefulStopTests() : GracefulStopContract(Database.Postgres);
