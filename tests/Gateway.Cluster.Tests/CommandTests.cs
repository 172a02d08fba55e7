using Gateway.Cluster.Tests.Processes;
using Gateway.Simulator;
using Gateway.Testing;

namespace Gateway.Cluster.Tests;

/// <summary>S5, S3: backups that are really restored, and a move that really goes on, with the executable as operators run it.</summary>
public sealed class CommandTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly SimulatorOptions Manual = new() { ManualTasks = true };
    private static readonly Dictionary<string, string> Settings = new()
    {
        ["Gateway__NodeLease"] = "00:00:03",
        ["Gateway__Limits__video__LongestRun"] = "00:05:00",
    };

    /// <summary>Two jobs that run and one that waits, on one account.</summary>
    private static async Task<string[]> SubmitThreeAsync(Scenario scenario)
    {
        await scenario.StartAsync();
        await scenario.Client.AddAccountAsync(1, scenario.Simulator.BaseUrl, maxJobs: 2);
        string[] jobs =
        [
            await scenario.Client.SubmitUntilAcceptedAsync("a"),
            await scenario.Client.SubmitUntilAcceptedAsync("b"),
            await scenario.Client.SubmitUntilAcceptedAsync("c")
        ];
        foreach (var job in jobs[..2]) await scenario.Client.WaitForStatusAsync(job, Patience, "running");
        await scenario.Client.WaitForStatusAsync(jobs[2], Patience, "queued");
        return jobs;
    }

    private static async Task<(int Code, string Output)> RunAsync(
        Scenario scenario, IReadOnlyDictionary<string, string?>? changes, params string[] args)
    {
        var command = await scenario.LaunchAsync(changes: changes, args: args);
        return (await command.WaitForExitAsync(Patience), command.Output());
    }

    private static async Task StartAsync(Scenario scenario, IReadOnlyDictionary<string, string?> changes, params string[] args) =>
        await (await scenario.LaunchAsync(changes: changes, args: args)).WaitUntilReadyAsync();

    // What the restored gateway must come to, whatever its database: the running ones end by evidence, the queued one is left to an
    // operator.
    private static async Task JudgeRestoredAsync(Scenario scenario, string[] jobs)
    {
        foreach (var job in jobs[..2]) await scenario.Client.WaitForStatusAsync(job, Patience, "succeeded");
        var queued = await scenario.Client.JobAsync(jobs[2]);
        Assert.Equal(("unknown", "restored"), (queued.GetProperty("status").GetString(), queued.GetProperty("reason").GetString()));
        Assert.Equal(3, scenario.Simulator.Ledger.Count(Operation.VideoSubmit));
        Assert.Equal(0, await scenario.Client.LeasesAsync(1));
        await scenario.Client.SendAsync(HttpMethod.Post, $"/v1/admin/jobs/{jobs[2]}/fail");
        await scenario.Client.WaitForStatusAsync(jobs[2], Patience, "failed");
        await scenario.Client.WaitForStatusAsync(await scenario.Client.SubmitUntilAcceptedAsync("afterwards"), Patience, "running");
    }

    // After the backup, life goes on: what was queued is sent and paid.
    private static async Task GoOnAsync(Scenario scenario, string[] jobs)
    {
        scenario.Simulator.FinishAllTasks();
        foreach (var job in jobs[..2]) await scenario.Client.WaitForStatusAsync(job, Patience, "succeeded");
        await scenario.Client.WaitForStatusAsync(jobs[2], Patience, "running");
    }

    [Fact]
    public async Task S5_S3_a_backup_of_a_running_gateway_is_restored_and_sends_nothing_twice()
    {
        await using var scenario = await Scenario.CreateAsync(Database.Sqlite, Manual, Settings);
        var jobs = await SubmitThreeAsync(scenario);
        var original = scenario.Gateway;
        var backup = Path.Combine(scenario.Directory, "backup");
        var (code, output) = await RunAsync(scenario, null, "backup", backup);
        Assert.True(
            code == 0
                && output.Contains("3 jobs", StringComparison.Ordinal)
                && output.Contains("key is not in it", StringComparison.Ordinal),
            output);
        Assert.Equal(2, (await RunAsync(scenario, null, "backup", backup)).Code);
        await GoOnAsync(scenario, jobs);
        await original.KillAsync();

        Dictionary<string, string?> restored = new() { ["Gateway__DataDirectory"] = backup };
        Assert.Contains("no gateway.key", (await RunAsync(scenario, restored)).Output, StringComparison.Ordinal);
        File.Copy(Path.Combine(scenario.Directory, "data", "gateway.key"), Path.Combine(backup, "gateway.key"));
        (code, output) = await RunAsync(scenario, restored);
        Assert.True(code == 2 && output.Contains("a backup of", StringComparison.Ordinal) && output.Trim().Split('\n').Length == 1, output);

        await StartAsync(scenario, restored, "--restored");
        Assert.Contains("3 jobs that had not ended", scenario.Gateway.Output(), StringComparison.Ordinal);
        await JudgeRestoredAsync(scenario, jobs);
        await scenario.Gateway.KillAsync();
        await StartAsync(scenario, restored);
        scenario.Passed();
    }

    [PostgresFact]
    public async Task S5_S3_a_dump_of_postgres_is_restored_on_another_server_and_sends_nothing_twice()
    {
        await using var first = await OwnPostgres.StartAsync();
        await using var second = await OwnPostgres.StartAsync();
        await using var scenario = await Scenario.CreateAsync(
            Database.Postgres, Manual, Settings, _ => Task.FromResult(TestDatabase.On(first)));
        var jobs = await SubmitThreeAsync(scenario);
        await first.RestoreToAsync(second);
        await GoOnAsync(scenario, jobs);
        await scenario.Gateway.KillAsync();

        await Task.Delay(TimeSpan.FromSeconds(4), TimeProvider.System); // longer than the dump's node counts as alive
        await StartAsync(
            scenario, new Dictionary<string, string?> { ["ConnectionStrings__Gateway"] = second.ConnectionString }, "--restored");
        await JudgeRestoredAsync(scenario, jobs);
        scenario.Passed();
    }

    [PostgresFact]
    public async Task S5_S1_a_gateway_moves_to_postgres_with_all_that_runs_and_ends_it_there()
    {
        await using var server = await OwnPostgres.StartAsync();
        await using var scenario = await Scenario.CreateAsync(Database.Sqlite, Manual, Settings);
        var jobs = await SubmitThreeAsync(scenario);
        var original = scenario.Gateway;
        Dictionary<string, string?> target =
            new() { ["ConnectionStrings__Gateway"] = $"{server.ConnectionString};Password=not-to-be-printed" };
        var (code, output) = await RunAsync(scenario, target, "move");
        Assert.True(code == 2 && output.Contains("used by another process", StringComparison.Ordinal), output);

        await original.KillAsync();
        (code, output) = await RunAsync(scenario, target, "move");
        Assert.True(code == 0 && output.Contains("Moved", StringComparison.Ordinal), output);
        Assert.DoesNotContain("not-to-be-printed", output, StringComparison.Ordinal);
        Assert.Contains("that was moved to PostgreSQL", (await RunAsync(scenario, null)).Output, StringComparison.Ordinal);
        var key = await File.ReadAllTextAsync(Path.Combine(scenario.Directory, "data", "gateway.key"));
        Assert.Contains(
            "encryption key is not the one",
            (await RunAsync(scenario, new Dictionary<string, string?>(target) { ["Gateway__EncryptionKey"] = Convert.ToBase64String(new byte[32]) })).Output,
            StringComparison.Ordinal);

        await StartAsync(scenario, new Dictionary<string, string?>(target) { ["Gateway__EncryptionKey"] = key });
        await GoOnAsync(scenario, jobs);
        scenario.Simulator.FinishAllTasks();
        await scenario.Client.WaitForStatusAsync(jobs[2], Patience, "succeeded");
        Assert.Equal(3, scenario.Simulator.Ledger.Count(Operation.VideoSubmit));
        Assert.Equal(0, await scenario.Client.LeasesAsync(1));
        scenario.Passed();
    }

    private static async Task RotateAsync(Scenario scenario, Dictionary<string, string?> afterwards)
    {
        var key = afterwards.GetValueOrDefault("Gateway__EncryptionKey")
            ?? Convert.ToBase64String(System.Security.Cryptography.RandomNumberGenerator.GetBytes(32));
        Dictionary<string, string?> fresh = new() { ["Gateway__NewEncryptionKey"] = key };
        await scenario.StartAsync();
        await scenario.Client.AddAccountAsync(1, scenario.Simulator.BaseUrl, maxJobs: 2);
        var job = await scenario.Client.SubmitUntilAcceptedAsync("runs through it");
        await scenario.Client.WaitForStatusAsync(job, Patience, "running");
        var team = (
            await scenario.Client.SendAsync(
                HttpMethod.Post, "/v1/admin/teams/default/tokens", new { })).Body.GetProperty("token").GetString()!;
        var original = scenario.Gateway;
        Assert.Equal(2, (await RunAsync(scenario, fresh, "rotate-key")).Code);
        original.Signal(Unix.Terminate);
        Assert.Equal(0, await original.WaitForExitAsync(Patience));

        var (code, output) = await RunAsync(scenario, fresh, "rotate-key");
        Assert.True(code == 0 && output.Contains("1 secrets", StringComparison.Ordinal), output);
        Assert.DoesNotContain(key, output, StringComparison.Ordinal);
        await StartAsync(scenario, afterwards);
        scenario.Simulator.FinishAllTasks();
        await scenario.Client.WaitForStatusAsync(job, Patience, "succeeded"); // asked for with the account's secret
        using var http = new HttpClient { BaseAddress = scenario.Url };
        using var asked = new HttpRequestMessage(HttpMethod.Get, "/v1/jobs") { Headers = { Authorization = new("Bearer", team) } };
        Assert.Equal(System.Net.HttpStatusCode.OK, (await http.SendAsync(asked)).StatusCode);
    }

    [Fact]
    public async Task S1_another_key_for_a_directory_keeps_accounts_and_tokens_valid()
    {
        await using var scenario = await Scenario.CreateAsync(Database.Sqlite, Manual, Settings);
        await RotateAsync(scenario, []);
        scenario.Passed();
    }

    [PostgresFact]
    public async Task S1_another_key_for_postgres_keeps_accounts_and_tokens_valid_and_voids_the_old_one()
    {
        await using var scenario = await Scenario.CreateAsync(Database.Postgres, Manual, Settings);
        await RotateAsync(scenario, new() { ["Gateway__EncryptionKey"] = Convert.ToBase64String(new byte[32]) });
        await scenario.Gateway.KillAsync();
        Assert.Contains("encryption key is not the one", (await RunAsync(scenario, null)).Output, StringComparison.Ordinal);
        scenario.Passed();
    }

    [Fact]
    public async Task A_command_says_how_it_is_used_and_what_is_wrong_in_one_line()
    {
        await using var scenario = await Scenario.CreateAsync(Database.Sqlite);
        var (code, output) = await RunAsync(scenario, null, "--help");
        Assert.True(
            code == 0
                && output.Contains("backup <directory>", StringComparison.Ordinal)
                && output.Contains("--restored", StringComparison.Ordinal),
            output);
        Assert.Equal(0, (await RunAsync(scenario, null, "move", "--help")).Code);
        (code, output) = await RunAsync(scenario, null, "--version");
        Assert.True(code == 0 && output.StartsWith("Gateway.Api 0.", StringComparison.Ordinal), output);
        Assert.False(Directory.Exists(Path.Combine(scenario.Directory, "data")), "a question made a database");
        foreach (var (line, why) in new (string[], string)[]
        {
            (["restore"], "is no command"),
            (["--ConnectionString:Gateway=Host=x"], "is --ConnectionStrings:Gateway meant?"),
            (["--frobnicate", "1"], "'--frobnicate' is no argument"),
            (["backup", "x", "--Gateway:DataDirektory=y"], "is --Gateway:DataDirectory meant?"),
            (["backup"], "backup <directory>"),
            (["backup", "x", "--fast", "yes"], "'--fast' is no option"),
            (["backup", "x"], "no gateway.db"),
            (["move"], "where to?"),
            (["move", "--to", "Host=127.0.0.1;Port=1;Database=x;Username=x"], "no gateway.db"),
        })
        {
            (code, output) = await RunAsync(scenario, null, line);
            Assert.True(
                code == 2 && output.Contains(why, StringComparison.Ordinal) && output.Trim().Split('\n').Length == 1,
                $"{string.Join(' ', line)}: {code} {output}");
        }

        scenario.Passed();
    }
}
