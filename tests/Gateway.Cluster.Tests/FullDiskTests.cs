using System.Net;
using Gateway.Cluster.Tests.Processes;
using Gateway.Simulator;

namespace Gateway.Cluster.Tests;

/// <summary>S4 on SQLite: the disk is full, then it is not.</summary>
public sealed class FullDiskTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [SmallDiskFact]
    public async Task S4_a_full_disk_is_a_503_nothing_acknowledged_is_lost_and_space_is_all_it_needs()
    {
        await using var disk = await SmallDisk.MountAsync("24m");
        await using var scenario = await Scenario.CreateAsync(
            Database.Sqlite, new SimulatorOptions { ManualTasks = true }, new Dictionary<string, string> { ["Gateway__Limits__video__LongestRun"] = "00:02:00" }, _ => Task.FromResult(TestDatabase.Sqlite(disk.Folder)));
        await scenario.StartAsync();
        await scenario.Client.AddAccountAsync(1, scenario.Simulator.BaseUrl, 3);
        var jobs = new List<string> { await scenario.Client.SubmitUntilAcceptedAsync("before") };
        await scenario.Client.WaitForStatusAsync(jobs[0], Patience, "running");

        await disk.FillAsync();
        var (name, refused) = await SubmitUntilRefusedAsync(scenario, disk, jobs);
        Assert.NotNull(refused.RetryAfter);
        Assert.Equal(HttpStatusCode.OK, (await scenario.Client.SendAsync(HttpMethod.Get, "/v1/jobs")).Status);
        var large = await scenario.Client.SendAsync(HttpMethod.Post, "/v1/jobs", new { kind = "video", request = new { model = "MiniMax-Hailuo-2.3", prompt = "large", first_frame_image = new string('a', 300_000) } });
        Assert.Equal(HttpStatusCode.ServiceUnavailable, large.Status);
        scenario.Simulator.FinishAllTasks();
        await scenario.WaitForLogAsync("database or disk is full");

        disk.Free();
        jobs.Add(await scenario.Client.SubmitUntilAcceptedAsync(name));
        foreach (var job in jobs)
        {
            while ((await scenario.Client.JobAsync(job)).GetProperty("status").GetString() is "queued" or "submitting" or "running")
            {
                scenario.Simulator.FinishAllTasks();
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
            }

            Assert.Equal("succeeded", (await scenario.Client.JobAsync(job)).GetProperty("status").GetString());
        }

        Assert.Equal(1, scenario.Simulator.Ledger.Snapshot().SubmitsPerHash.Values.Max());
        Assert.False(scenario.Gateway.HasExited);
        Assert.Empty(scenario.Client.Wrong);
        await scenario.StopAsync();
        scenario.Passed();
    }

    // The log has room within its own length for a while; what a checkpoint frees is taken too.
    private static async Task<(string Name, Reply Refused)> SubmitUntilRefusedAsync(Scenario scenario, SmallDisk disk, List<string> accepted)
    {
        while (true)
        {
            var name = $"while it fills {accepted.Count}";
            var reply = await scenario.Client.SubmitAsync(name);
            if (reply.Status == HttpStatusCode.ServiceUnavailable) return (name, reply);
            Assert.Equal(HttpStatusCode.Accepted, reply.Status);
            accepted.Add(reply.Body.GetProperty("id").GetString()!);
            await disk.FillAsync();
        }
    }
}
