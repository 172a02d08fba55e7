using System.Text.Json;
using Gateway.Cluster.Tests.Processes;
using Gateway.Simulator;

namespace Gateway.Cluster.Tests;

/// <summary>Kills at the moments that matter on the way of one job, held still by the simulator's gates.</summary>
public abstract class SubmitPathContract(Database database)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Dictionary<string, string> _shortRuns = new() { ["Gateway__Limits__video__LongestRun"] = "00:00:10" };

    [Fact]
    public async Task J5_killed_before_the_answer_the_job_is_unknown_holds_its_slot_and_ends_at_its_hard_end()
    {
        await using var scenario = await Scenario.CreateAsync(database, settings: _shortRuns);
        await scenario.StartAsync();
        await scenario.Client.AddAccountAsync(1, scenario.Simulator.BaseUrl, maxJobs: 1);
        var gate = scenario.Simulator.Hold(Operation.VideoSubmit);
        var unanswered = await scenario.Client.SubmitUntilAcceptedAsync("accepted, not answered");
        await scenario.Simulator.WaitForAcceptedAsync(1);
        var waiting = await scenario.Client.SubmitUntilAcceptedAsync("waits for the slot");

        await scenario.RestartAsync();
        gate.Release();
        // The file lock proves death at once; PostgreSQL waits out the node's lease (L5).
        if (database == Database.Sqlite) Assert.Equal("unknown", Status(await scenario.Client.JobAsync(unanswered)));
        else await scenario.Client.WaitForStatusAsync(unanswered, Patience, "unknown");
        Assert.Equal(1, await scenario.Client.LeasesAsync(1));
        Assert.Equal("queued", Status(await scenario.Client.JobAsync(waiting)));

        var ended = await scenario.Client.WaitForStatusAsync(unanswered, Patience, "failed", "succeeded");
        Assert.Equal("failed", Status(ended));
        Assert.Equal("hard_end", ended.GetProperty("error").GetProperty("code").GetString());
        await scenario.Client.WaitForStatusAsync(waiting, Patience, "succeeded");

        Assert.All(scenario.Simulator.Ledger.Snapshot().SubmitsPerHash.Values, count => Assert.Equal(1, count));
        Assert.Equal(2, scenario.Simulator.Ledger.Count(Operation.VideoSubmit));
        Assert.Equal(0, await scenario.Client.LeasesAsync(1));
        Assert.Equal(["queued", "submitting", "unknown", "failed"], await HistoryAsync(scenario, unanswered));
        scenario.Passed();
    }

    [Fact]
    public async Task J5_killed_while_queued_a_job_simply_goes_on()
    {
        await using var scenario = await Scenario.CreateAsync(database, new SimulatorOptions { ManualTasks = true });
        await scenario.StartAsync();
        await scenario.Client.AddAccountAsync(1, scenario.Simulator.BaseUrl, maxJobs: 1);
        string[] jobs =
        [
            await scenario.Client.SubmitUntilAcceptedAsync("first"),
            await scenario.Client.SubmitUntilAcceptedAsync("second"),
            await scenario.Client.SubmitUntilAcceptedAsync("third")
        ];
        await scenario.Client.WaitForStatusAsync(jobs[0], Patience, "running");

        await scenario.RestartAsync();
        Assert.Equal("queued", Status(await scenario.Client.JobAsync(jobs[1])));
        scenario.Simulator.ManualTasks = false;
        scenario.Simulator.FinishAllTasks();
        foreach (var job in jobs)
        {
            await scenario.Client.WaitForStatusAsync(job, Patience, "succeeded");
            Assert.Equal(["queued", "submitting", "running", "succeeded"], await HistoryAsync(scenario, job));
        }

        Assert.Equal(3, scenario.Simulator.Ledger.Count(Operation.VideoSubmit));
        Assert.Equal(1, scenario.Simulator.Ledger.Key("key-1").MaxConcurrent);
        scenario.Passed();
    }

    [Fact]
    public async Task J5_killed_once_the_task_is_committed_the_job_is_followed_to_its_end()
    {
        await using var scenario = await Scenario.CreateAsync(database, new SimulatorOptions { ManualTasks = true });
        await scenario.StartAsync();
        await scenario.Client.AddAccountAsync(1, scenario.Simulator.BaseUrl, maxJobs: 2);
        var job = await scenario.Client.SubmitUntilAcceptedAsync("running");
        await scenario.Client.WaitForStatusAsync(job, Patience, "running");

        await scenario.RestartAsync();
        Assert.Equal(1, await scenario.Client.LeasesAsync(1));
        scenario.Simulator.FinishAllTasks();
        await scenario.Client.WaitForStatusAsync(job, Patience, "succeeded");

        Assert.Equal(["queued", "submitting", "running", "succeeded"], await HistoryAsync(scenario, job));
        Assert.Equal(1, scenario.Simulator.Ledger.Count(Operation.VideoSubmit));
        Assert.Equal(0, await scenario.Client.LeasesAsync(1));
        scenario.Passed();
    }

    [Fact]
    public async Task L4_a_task_that_ended_while_no_gateway_ran_is_a_result_even_past_its_hard_end()
    {
        await using var scenario = await Scenario.CreateAsync(
            database, new SimulatorOptions { ManualTasks = true },
            new Dictionary<string, string> { ["Gateway__Limits__video__LongestRun"] = "00:00:04" });
        await scenario.StartAsync();
        await scenario.Client.AddAccountAsync(1, scenario.Simulator.BaseUrl, maxJobs: 2);
        var done = await scenario.Client.SubmitUntilAcceptedAsync("done meanwhile");
        var endless = await scenario.Client.SubmitUntilAcceptedAsync("endless");
        await scenario.Client.WaitForStatusAsync(done, Patience, "running");
        await scenario.Client.WaitForStatusAsync(endless, Patience, "running");

        await scenario.Gateway.KillAsync();
        scenario.Simulator.FinishTask(scenario.Simulator.Ledger.Tasks().Single(task => task.Prompt == "done meanwhile").TaskId);
        await Task.Delay(TimeSpan.FromSeconds(6), TimeProvider.System);
        await scenario.StartAsync();

        Assert.Equal("succeeded", Status(await scenario.Client.WaitForStatusAsync(done, Patience, "succeeded", "failed")));
        Assert.Equal("failed", Status(await scenario.Client.WaitForStatusAsync(endless, Patience, "succeeded", "failed")));
        Assert.Equal(0, await scenario.Client.LeasesAsync(1));
        scenario.Passed();
    }

    [Fact]
    public async Task L5_killed_during_a_chat_its_slot_is_free_after_the_restart()
    {
        await using var scenario = await Scenario.CreateAsync(database);
        await scenario.StartAsync();
        await scenario.Client.AddAccountAsync(1, scenario.Simulator.BaseUrl, maxJobs: 1);
        using var gate = scenario.Simulator.Hold(Operation.Chat);
        var chat = scenario.Client.ChatAsync("cut");
        await scenario.Simulator.WaitForAsync(Operation.Chat, 1);
        Assert.Equal(1, await scenario.Client.LeasesAsync(1));

        await scenario.RestartAsync();
        await Assert.ThrowsAsync<HttpRequestException>(() => chat);
        gate.Release();
        if (database == Database.Sqlite) Assert.Equal(0, await scenario.Client.LeasesAsync(1));

        // It waits for the slot where the lease has to be waited out.
        using var next = await scenario.Client.ChatAsync("the next one");
        Assert.True(next.IsSuccessStatusCode, $"{next.StatusCode}");
        await next.Content.ReadAsStringAsync();
        await WaitForNoLeaseAsync(scenario);
        Assert.Equal(1, scenario.Simulator.Ledger.Key("key-1").MaxConcurrent);
        scenario.Passed();
    }

    [Fact]
    public async Task P4_killed_while_a_chat_streams_the_job_fails_with_what_had_come_and_its_slot_is_free()
    {
        await using var scenario = await Scenario.CreateAsync(database);
        await scenario.StartAsync();
        await scenario.Client.AddAccountAsync(1, scenario.Simulator.BaseUrl, maxJobs: 1);
        using var gate = scenario.Simulator.HoldFrames(Operation.Chat);
        var submit = await scenario.Client.SendAsync(
            HttpMethod.Post, "/v1/jobs",
            new
            {
                kind = "chat",
                request = new { model = "MiniMax-M2", stream = true, messages = new[] { new { role = "user", content = "cut" } } },
            });
        var job = submit.Body.GetProperty("id").GetString()!;
        await scenario.Simulator.WaitForAsync(Operation.Chat, 1);
        while (!gate.ReleaseNext()) await Task.Yield();
        await scenario.Client.WaitForStatusAsync(job, Patience, "running");

        await scenario.RestartAsync();
        gate.Release();
        var ended = await scenario.Client.WaitForStatusAsync(job, Patience, "failed", "unknown", "succeeded");
        Assert.Equal(("failed", "stream_broken"), (Status(ended), ended.GetProperty("error").GetProperty("code").GetString()));
        var frames = (await scenario.Client.StreamAsync(job)).Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["retry:", "data: {\"id\"", "id: "], new[] { frames[0][..6], frames[1][..11], frames[2][..4] });
        Assert.Contains("event: job.failed", frames[2], StringComparison.Ordinal);
        Assert.Equal(["queued", "submitting", "running", "failed"], await HistoryAsync(scenario, job));
        Assert.Equal(0, await scenario.Client.LeasesAsync(1));
        Assert.Equal(1, scenario.Simulator.Ledger.Count(Operation.Chat));
        scenario.Passed();
    }

    [Fact]
    public async Task P5_killed_before_the_submit_is_acknowledged_the_same_key_finds_the_job()
    {
        await using var scenario = await Scenario.CreateAsync(database, new SimulatorOptions { ManualTasks = true }, _shortRuns);
        await scenario.StartAsync();
        await scenario.Client.AddAccountAsync(1, scenario.Simulator.BaseUrl, maxJobs: 1);
        // `Prefer: wait` keeps the acknowledgement back while the job is made and sent.
        var pending = scenario.Client.SendAsync(
            HttpMethod.Post,
            "/v1/jobs",
            new { kind = "video", request = new { model = "MiniMax-Hailuo-2.3", prompt = "once" }, priority = 5 },
            ("Idempotency-Key", "once"),
            ("Prefer", "wait=20"));
        await scenario.Simulator.WaitForAcceptedAsync(1);
        await scenario.RestartAsync();
        Assert.Null((await pending).Status);

        var again = await scenario.Client.SubmitUntilAcceptedAsync("once");
        scenario.Simulator.FinishAllTasks();
        await scenario.Client.WaitForStatusAsync(again, Patience, "succeeded", "failed");
        Assert.Equal(1, scenario.Simulator.Ledger.Accepted);
        Assert.Equal(0, await scenario.Client.UnfinishedAsync());
        scenario.Passed();
    }

    private static string? Status(JsonElement job) => job.GetProperty("status").GetString();

    private static async Task<IReadOnlyList<string>> HistoryAsync(Scenario scenario, string job)
    {
        using var answer = await scenario.Client.EventsAsync(job);
        var text = await answer.Content.ReadAsStringAsync();
        return [
            .. text.Split('\n')
                .Where(line => line.StartsWith("event: job.", StringComparison.Ordinal))
                .Select(line => line["event: job.".Length..])];
    }

    private static async Task WaitForNoLeaseAsync(Scenario scenario)
    {
        using var patience = new CancellationTokenSource(Patience, TimeProvider.System);
        while (await scenario.Client.LeasesAsync(1) > 0)
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, patience.Token);
    }
}

public sealed class SqliteSubmitPathTests() : SubmitPathContract(Database.Sqlite);

public sealed class PostgresSubmitPathTests() : SubmitPathContract(Database.Postgres);
