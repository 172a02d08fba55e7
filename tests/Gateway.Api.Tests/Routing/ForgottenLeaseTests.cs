using Gateway.Api.Tests.Support;
using Gateway.Engine.Turns;
using Gateway.Grains.Accounts;
using Gateway.Grains.Routing;
using Gateway.Model.Accounts;
using Gateway.Model.Ids;
using Gateway.Model.Kinds;
using Gateway.Silo.Chores;
using Gateway.Silo.Polling;
using Gateway.Simulator;

namespace Gateway.Api.Tests.Routing;

/// <summary>L7: leases of this node that no operation of it works on, made by taking an operation's hands off them.</summary>
public sealed class ForgottenLeaseTests : GatewayTest
{
    private T Service<T>()
        where T : notnull => Gateway.Services.GetRequiredService<T>();

    [Fact]
    public async Task L7_a_call_lease_nobody_holds_is_released_at_the_second_look()
    {
        var id = new AccountId(await AddAccountAsync("key"));
        var request = new LeaseRequest(LeaseId.New(), Service<NodeIdentity>().Incarnation, new Work(JobKind.Chat, "m"), Ceiling: 0);
        Assert.NotNull((await Service<AccountGrain>().AcquireAsync(id, request, Patience)).Lease);

        // Once may be an operation between its lease and its registration.
        await LookOverAsync();
        Assert.Single(Service<RouterGrain>().Find(id)!.Leases);
        await LookOverAsync();
        await SlotsAsync(id.Value, 0);
    }

    [Fact]
    public async Task L7_a_call_that_is_under_way_keeps_its_lease_however_often_it_is_looked_at()
    {
        var id = await AddAccountAsync("key");
        using var held = Sim.Hold(Operation.Chat);
        var call = Admin.PostAsync(
            "/v1/text/chatcompletion_v2", new { model = "MiniMax-M2", messages = new[] { new { role = "user", content = "hi" } } });
        await Sim.WaitForAsync(Operation.Chat, 1, Patience);

        for (var look = 0; look < 3; look++) await LookOverAsync();

        await SlotsAsync(id, 1);
        held.Release();
        (await call).Expect(200);
        await SlotsAsync(id, 0);
    }

    [Fact]
    public async Task L7_a_running_job_nobody_follows_is_followed_again()
    {
        await AddAccountAsync("key");
        var job = await SubmitVideoAsync();
        await WaitForAsync(job, "running");

        // The follower has lost it: it is in nobody's hands, and its polls have stopped.
        var lease = Assert.Single(Service<RouterGrain>().All().SelectMany(account => account.Leases));
        await Service<TaskPoller>().StopAsync(Patience);
        Service<LiveOperations>().Leave(lease.Id);
        await Service<TaskPoller>().StartAsync(Patience);
        Sim.FinishAllTasks();

        await LookOverAsync();
        await LookOverAsync();
        Assert.Equal("succeeded", (await EndAsync(job)).Text("status"));
    }

    [Fact]
    public async Task P3_what_was_pruned_is_told_by_one_snapshot()
    {
        await AddAccountAsync("key");
        var job = await SubmitVideoAsync();
        await WaitForAsync(job, "running");
        Sim.FinishAllTasks();
        await EndAsync(job);
        Prune(job, upTo: 2);

        using var stream = new SseReader(await Admin.OpenAsync(HttpMethod.Get, $"/v1/jobs/{job}/events"), Patience);
        var events = await stream.AllAsync();

        Assert.Equal(["3", "4"], events.Select(told => told.Id));
        Assert.True(events[0].Json["snapshot"]!.GetValue<bool>());
        Assert.Null(events[1].Json["snapshot"]);
    }

    private Task LookOverAsync() => Service<Rescuer>().LookOverAsync(Patience);

    private void Prune(string job, int upTo)
    {
        using var connection = new Microsoft.Data.Sqlite.SqliteConnection(
            $"Data Source={Path.Combine(((SqliteData)Data).Directory, "gateway.db")};Pooling=False");
        connection.Open();
        using var prune = connection.CreateCommand();
        Assert.True(JobId.TryParse(job, out var id));
        prune.CommandText = $"DELETE FROM job_event WHERE job = {id.Value} AND seq <= {upTo}";
        Assert.Equal(upTo, prune.ExecuteNonQuery());
    }
}
