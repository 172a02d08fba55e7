using System.Net;
using Gateway.Cluster.Tests.Chaos;
using Gateway.Cluster.Tests.Processes;
using Gateway.Simulator;
using Gateway.Testing;
using Npgsql;

namespace Gateway.Cluster.Tests;

/// <summary>
/// S4: the database is there and yet of no use, in each way it can be. The gateway says so, keeps what it owes and resumes by itself.
/// </summary>
public sealed class DatabaseTroubleTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly Dictionary<string, string> LongLease = new()
    {
        ["Gateway__NodeLease"] = "00:00:30",
        ["Gateway__Limits__video__LongestRun"] = "00:02:00",
    };

    [PostgresFact]
    public async Task S4_a_fail_over_to_the_standby_under_load_loses_and_doubles_nothing()
    {
        await using var first = await OwnPostgres.StartAsync();
        await using var second = await first.StartStandbyAsync();
        await first.SetAsync("synchronous_standby_names", "*"); // what is acknowledged is on both (S3)
        await first.WaitForAsync("SELECT 1 FROM pg_stat_replication WHERE sync_state = 'sync'");
        // the standby first: it must be passed over
        var both = $"Host=127.0.0.1:{second.Port},127.0.0.1:{first.Port};Username=gateway;Database=postgres";

        await using var scenario = await Scenario.CreateAsync(
            Database.Postgres, LoadThroughTrouble.Tasks, LongLease, _ => Task.FromResult(TestDatabase.On(both)));
        await LoadThroughTrouble.RunAsync(scenario, jobs: 80, async () =>
        {
            await first.StopAsync();
            await scenario.WaitForReadyAsync(false);
            await RefusedAsync(scenario);
            await second.RunAsync("SELECT pg_promote()");
            await scenario.WaitForReadyAsync(true);
        });
    }

    [PostgresFact]
    public async Task S4_a_read_only_server_answers_503_reads_on_and_gets_what_is_owed_later()
    {
        await using var postgres = await OwnPostgres.StartAsync();
        await using var scenario = await OnAsync(postgres, new SimulatorOptions { ManualTasks = true });
        var job = await scenario.Client.SubmitUntilAcceptedAsync("owed");
        await scenario.Client.WaitForStatusAsync(job, Patience, "running");

        await postgres.SetAsync("default_transaction_read_only", "on"); // what a standby says of every write
        var refused = await RefusedAsync(scenario);
        Assert.NotNull(refused.RetryAfter);
        Assert.Equal(HttpStatusCode.OK, (await scenario.Client.SendAsync(HttpMethod.Get, "/v1/jobs")).Status);
        scenario.Simulator.FinishAllTasks();
        await scenario.WaitForLogAsync("read-only transaction");
        Assert.Equal("running", (await scenario.Client.JobAsync(job)).GetProperty("status").GetString());

        await postgres.SetAsync("default_transaction_read_only", null);
        await ResumedAsync(scenario, job);
    }

    [PostgresFact]
    public async Task T6_a_session_ended_while_its_commit_waits_for_the_standby_is_answered_once()
    {
        await using var postgres = await OwnPostgres.StartAsync();
        await using var scenario = await OnAsync(postgres, new SimulatorOptions { ManualTasks = true });
        await postgres.SetAsync("synchronous_standby_names", "nobody"); // every commit is durable here and waits for good
        var held = await HeldCommitAsync(postgres);

        var submit = scenario.Client.SubmitAsync("in doubt");
        await postgres.WaitForAsync("SELECT 1 FROM pg_stat_activity WHERE application_name = 'gateway turns' AND wait_event = 'SyncRep'");
        await postgres.RunAsync("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'gateway turns'");
        await postgres.SetAsync("synchronous_standby_names", null);

        await held;
        var answer = await submit;
        Assert.Equal(HttpStatusCode.Accepted, answer.Status);
        Assert.Equal(["1"], await postgres.RunAsync("SELECT count(*) FROM job"));
        await ResumedAsync(scenario, answer.Body.GetProperty("id").GetString()!);
    }

    [PostgresFact]
    public async Task S4_a_server_without_a_free_connection_is_waited_for()
    {
        await using var postgres = await OwnPostgres.StartAsync("max_connections=20");
        await using var scenario = await OnAsync(postgres, new SimulatorOptions { ManualTasks = true });
        var job = await scenario.Client.SubmitUntilAcceptedAsync("owed");
        await scenario.Client.WaitForStatusAsync(job, Patience, "running");

        List<NpgsqlConnection> others = [];
        await using (var source = NpgsqlDataSource.Create($"{postgres.ConnectionString};Maximum Pool Size=40"))
        {
            var own = await source.OpenConnectionAsync();
            await using var end = new NpgsqlCommand(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name LIKE 'gateway%'", own);
            do
            {
                while (await TryConnectAsync(source) is { } other) others.Add(other);
                await end.ExecuteNonQueryAsync(); // the gateway's come free, and whoever is first has them
                while (await TryConnectAsync(source) is { } other) others.Add(other);
            }
            while ((await scenario.Client.SubmitAsync("refused")).Status != HttpStatusCode.ServiceUnavailable);

            // One line begins an outage, with what was met first: a session that was cut, or a connection that was refused.
            await scenario.WaitForLogAsync("The database is lost");
            scenario.Simulator.FinishAllTasks();
            foreach (var connection in others.Append(own)) await connection.DisposeAsync();
        }

        await ResumedAsync(scenario, job);
    }

    [PostgresFact]
    public async Task S4_a_pool_too_small_is_named_with_its_setting()
    {
        await using var postgres = await OwnPostgres.StartAsync();
        var tiny = $"{postgres.ConnectionString};Maximum Pool Size=1;Timeout=1";
        await using var scenario = await OnAsync(postgres, new SimulatorOptions(), tiny);
        await using var source = NpgsqlDataSource.Create(postgres.ConnectionString);
        await using (var blocker = await source.OpenConnectionAsync())
        {
            await using var block = new NpgsqlCommand("BEGIN; LOCK TABLE team IN ACCESS EXCLUSIVE MODE", blocker);
            await block.ExecuteNonQueryAsync();
            var blocked = scenario.Client.SendAsync(HttpMethod.Get, "/v1/admin/teams");
            await postgres.WaitForAsync("SELECT 1 FROM pg_locks WHERE relation = 'team'::regclass AND NOT granted");
            var reply = await scenario.Client.SendAsync(HttpMethod.Get, "/v1/jobs");
            Assert.Equal(HttpStatusCode.ServiceUnavailable, reply.Status);
            Assert.NotNull(reply.RetryAfter);
            Assert.Contains("connections of the gateway", reply.Body.GetProperty("detail").GetString(), StringComparison.Ordinal);
            await scenario.WaitForLogAsync("'Max Pool Size'");
            Assert.Equal(HttpStatusCode.ServiceUnavailable, (await blocked).Status); // the lock was not had in time
        }

        Assert.Equal(HttpStatusCode.OK, (await scenario.Client.SendAsync(HttpMethod.Get, "/v1/admin/teams")).Status);
        Assert.Empty(scenario.Client.Wrong);
        scenario.Passed();
    }

    /// <summary>
    /// Ends when a commit of its own waits for the standby: the server's checkpointer tells the sessions whenever it gets to it, and a commit
    /// before that waits for nobody.
    /// </summary>
    /// <returns>The commit that waits.</returns>
    private static async Task<Task> HeldCommitAsync(OwnPostgres postgres)
    {
        var isHeld = false;
        var commits = CommitAsync();
        await postgres.WaitForAsync("SELECT 1 FROM pg_stat_activity WHERE query LIKE 'SELECT pg_logical_emit_message%' AND wait_event = 'SyncRep'");
        Volatile.Write(ref isHeld, true);
        return commits;

        async Task CommitAsync()
        {
            do await postgres.RunAsync("SELECT pg_logical_emit_message(true, 'held', 'a commit')::text");
            while (!Volatile.Read(ref isHeld));
        }
    }

    private static async Task<Scenario> OnAsync(OwnPostgres postgres, SimulatorOptions simulated, string? connectionString = null)
    {
        var scenario = await Scenario.CreateAsync(
            Database.Postgres, simulated, LongLease, _ => Task.FromResult(TestDatabase.On(connectionString ?? postgres.ConnectionString)));
        await scenario.StartAsync();
        await scenario.Client.AddAccountAsync(1, scenario.Simulator.BaseUrl, 5);
        return scenario;
    }

    private static async Task<Reply> RefusedAsync(Scenario scenario)
    {
        var reply = await scenario.Client.SubmitAsync("refused");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, reply.Status);
        return reply;
    }

    private static async Task ResumedAsync(Scenario scenario, string job)
    {
        await scenario.WaitForReadyAsync(true);
        scenario.Simulator.FinishAllTasks();
        await scenario.Client.WaitForStatusAsync(job, Patience, "succeeded");
        var next = await scenario.Client.SubmitUntilAcceptedAsync("afterwards");
        await scenario.Client.WaitForStatusAsync(next, Patience, "running");
        Assert.Equal(1, scenario.Simulator.Ledger.Snapshot().SubmitsPerHash.Values.Max());
        Assert.False(scenario.Gateway.HasExited);
        Assert.Empty(scenario.Client.Wrong);
        scenario.Passed();
    }

    private static async Task<NpgsqlConnection?> TryConnectAsync(NpgsqlDataSource source)
    {
        try
        {
            return await source.OpenConnectionAsync();
        }
        catch (PostgresException full) when (full.SqlState == PostgresErrorCodes.TooManyConnections)
        {
            return null;
        }
    }
}
