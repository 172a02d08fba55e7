using System.Net;
using Gateway.Cluster.Tests.Processes;
using Gateway.Simulator;
using Gateway.Testing;

namespace Gateway.Cluster.Tests;

/// <summary>S4: the database's disk is full, then it is not.</summary>
public sealed class FullDiskTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly Dictionary<string, string> LongLease = new()
    {
        ["Gateway__NodeLease"] = "00:00:30",
        ["Gateway__Limits__video__LongestRun"] = "00:02:00",
    };

    [SmallDiskFact]
    public async Task S4_a_full_disk_under_sqlite_is_a_503_and_space_is_all_it_needs()
    {
        await using var disk = await SmallDisk.MountAsync("24m");
        await using var scenario = await Scenario.CreateAsync(
            Database.Sqlite, new SimulatorOptions { ManualTasks = true }, LongLease,
            _ => Task.FromResult(TestDatabase.Sqlite(disk.Folder)));
        var running = await StartAsync(scenario);
        await FillAndFreeAsync(scenario, disk, running, "database or disk is full");
        await scenario.StopAsync();
        scenario.Passed();
    }

    [SmallDiskFact]
    public async Task S4_a_full_disk_under_postgres_is_a_503_and_space_is_all_it_needs()
    {
        Assert.SkipUnless(PostgresServer.IsDemanded, PostgresServer.Missing);
        await using var disk = await SmallDisk.MountAsync("16m");
        await using var postgres = await OwnPostgres.StartAsync();
        await using var scenario = await Scenario.CreateAsync(
            Database.Postgres, new SimulatorOptions { ManualTasks = true }, LongLease, _ => Task.FromResult(TestDatabase.On(postgres)));
        var running = await StartAsync(scenario);

        // The tables alone: a full disk under its log ends the server, which is a restart.
        await disk.GiveToAsync(postgres.User!);
        await postgres.RunAsync($"CREATE TABLESPACE small LOCATION '{disk.Folder}'");
        foreach (var table in new[] { "job", "job_body", "job_event" })
            await postgres.RunAsync($"ALTER TABLE {table} SET TABLESPACE small");
        await FillAndFreeAsync(scenario, disk, running, "53100");
        await scenario.StopAsync();
        scenario.Passed();
    }

    private static async Task<string> StartAsync(Scenario scenario)
    {
        await scenario.StartAsync();
        await scenario.Client.AddAccountAsync(1, scenario.Simulator.BaseUrl, 3);
        var job = await scenario.Client.SubmitUntilAcceptedAsync("before");
        await scenario.Client.WaitForStatusAsync(job, Patience, "running");
        return job;
    }

    private static async Task FillAndFreeAsync(Scenario scenario, SmallDisk disk, string running, string logged)
    {
        await disk.FillAsync();
        List<string> jobs = [running];
        var (name, refused) = await SubmitUntilRefusedAsync(scenario, disk, jobs);
        Assert.NotNull(refused.RetryAfter);
        Assert.Equal(HttpStatusCode.OK, (await scenario.Client.SendAsync(HttpMethod.Get, "/v1/jobs")).Status);
        var large = await scenario.Client.SendAsync(
            HttpMethod.Post, "/v1/jobs",
            new
            {
                kind = "video",
                request = new { model = "MiniMax-Hailuo-2.3", prompt = "large", first_frame_image = new string('a', 300_000) },
            });
        Assert.Equal(HttpStatusCode.ServiceUnavailable, large.Status);
        scenario.Simulator.FinishAllTasks();
        await scenario.WaitForLogAsync(logged);

        disk.Free();
        jobs.Add(await scenario.Client.SubmitUntilAcceptedAsync(name));
        foreach (var job in jobs) await SucceedsAsync(scenario, job);
        Assert.Equal(1, scenario.Simulator.Ledger.Snapshot().SubmitsPerHash.Values.Max());
        Assert.False(scenario.Gateway.HasExited);
        Assert.Empty(scenario.Client.Wrong);
    }

    // There is room for a while within what the files have already; what is given back meanwhile is taken too.
    private static async Task<(string Name, Reply Refused)> SubmitUntilRefusedAsync(
        Scenario scenario, SmallDisk disk, List<string> accepted)
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

    private static async Task SucceedsAsync(Scenario scenario, string job)
    {
        var started = TimeProvider.System.GetTimestamp();
        while ((await scenario.Client.JobAsync(job)).GetProperty("status").GetString() is var status and not "succeeded")
        {
            Assert.True(status is "queued" or "submitting" or "running", $"job {job} is {status}");
            Assert.True(TimeProvider.System.GetElapsedTime(started) < Patience, $"job {job} stays {status}");
            scenario.Simulator.FinishAllTasks();
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }
    }
}
