using System.Net;
using Gateway.Cluster.Tests.Processes;
using Gateway.Simulator;
using Gateway.Testing;

namespace Gateway.Cluster.Tests;

/// <summary>Several nodes on one PostgreSQL: what one of them leaves behind the others take over, once.</summary>
public sealed class HandOverTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task L5_SIGTERM_hands_running_jobs_to_the_other_node_at_once_while_a_stream_goes_on()
    {
        // A lease nobody can wait out, and chores that never come: only the announcement moves the jobs.
        var settings = new Dictionary<string, string>
        {
            ["Gateway__NodeLease"] = "00:02:00",
            ["Gateway__ChoresEvery"] = "00:05:00",
            ["Gateway__Limits__video__LongestRun"] = "00:05:00",
        };
        var chat = new ChatSettings { BetweenFrames = TimeSpan.FromMilliseconds(100), ContentFrames = 100 };
        await using var scenario = await Scenario.CreateAsync(
            Database.Postgres, new SimulatorOptions { ManualTasks = true, Chat = chat }, settings);
        var leaver = await scenario.StartAsync();
        await scenario.Client.AddAccountAsync(1, scenario.Simulator.BaseUrl, maxJobs: 5);
        var (heir, client) = await AnotherAsync(scenario);
        var jobs = await RunningJobsAsync(scenario, 3);
        using var stream = await scenario.Client.ChatAsync("a long answer");
        var text = stream.Content.ReadAsStringAsync();

        leaver.Signal(Unix.Terminate);
        await AdoptedAsync(jobs, TimeSpan.FromSeconds(5), heir);
        Assert.False(leaver.HasExited || text.IsCompleted, "the stream had ended before: nothing was shown");
        foreach (var job in jobs) Assert.Equal("running", (await client.JobAsync(job)).GetProperty("status").GetString());

        Assert.Contains("\"finish_reason\":\"stop\"", await text, StringComparison.Ordinal);
        Assert.Equal(0, await leaver.WaitForExitAsync(Patience));
        await EndAsync(scenario, client, jobs);
        client.Dispose();
        scenario.Passed();
    }

    [Fact]
    public async Task L5_what_a_killed_node_left_is_adopted_by_exactly_one_of_the_others_within_about_a_lease()
    {
        await using var scenario = await Scenario.CreateAsync(
            Database.Postgres, new SimulatorOptions { ManualTasks = true },
            new Dictionary<string, string> { ["Gateway__Limits__video__LongestRun"] = "00:02:00" });
        var victim = await scenario.StartAsync();
        foreach (var account in new[] { 1, 2, 3, 4 })
            await scenario.Client.AddAccountAsync(account, scenario.Simulator.BaseUrl, maxJobs: 2);
        var (first, client) = await AnotherAsync(scenario);
        var (second, other) = await AnotherAsync(scenario);
        var jobs = await RunningJobsAsync(scenario, 8);

        await victim.KillAsync();
        await AdoptedAsync(jobs, TimeSpan.FromSeconds(3 + 5), first, second);
        foreach (var job in jobs) Assert.Equal(1, (await other.JobAsync(job)).GetProperty("attempt").GetInt32());
        await EndAsync(scenario, client, jobs);
        client.Dispose();
        other.Dispose();
        scenario.Passed();
    }

    private static async Task<(GatewayProcess Gateway, Client Client)> AnotherAsync(Scenario scenario)
    {
        var url = GatewayProcess.FreeUrl();
        var gateway = await scenario.LaunchAsync(url);
        await gateway.WaitUntilReadyAsync();
        return (gateway, new Client(url));
    }

    // Their leases are the first node's: it alone has been asked.
    private static async Task<IReadOnlyList<string>> RunningJobsAsync(Scenario scenario, int count)
    {
        List<string> jobs = [];
        for (var number = 0; number < count; number++) jobs.Add(await scenario.Client.SubmitUntilAcceptedAsync($"job {number}"));
        foreach (var job in jobs) await scenario.Client.WaitForStatusAsync(job, Patience, "running");
        return jobs;
    }

    private static async Task AdoptedAsync(IReadOnlyList<string> jobs, TimeSpan atMost, params GatewayProcess[] heirs)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var output = string.Concat(heirs.Select(heir => heir.Output()));
            var adopted = jobs.Select(job => output.Split($"Adopted job {job} ").Length - 1).ToList();
            Assert.All(adopted, times => Assert.InRange(times, 0, 1));
            if (adopted.TrueForAll(times => times == 1)) return;
            Assert.True(
                TimeProvider.System.GetElapsedTime(started) < atMost,
                $"{adopted.Count(times => times == 1)} of {jobs.Count} jobs were adopted within {atMost.TotalSeconds:0} s.");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }
    }

    private static async Task EndAsync(Scenario scenario, Client client, IReadOnlyList<string> jobs)
    {
        scenario.Simulator.FinishAllTasks();
        foreach (var job in jobs) await client.WaitForStatusAsync(job, Patience, "succeeded");
        Assert.Equal(jobs.Count, scenario.Simulator.Ledger.Count(Operation.VideoSubmit));
        Assert.Empty(client.Wrong);
        var unfinished = await client.SendAsync(HttpMethod.Get, "/v1/jobs?status=unknown");
        Assert.Equal((HttpStatusCode.OK, 0), (unfinished.Status, unfinished.Body.GetProperty("jobs").GetArrayLength()));
    }
}
