using Gateway.Api.Tests.Support;
using Gateway.Engine.Storage;
using Gateway.Engine.Turns;
using Gateway.Model.Ids;
using Gateway.Simulator;

namespace Gateway.Api.Tests.Jobs;

/// <summary>
/// P3: where a running job stands at its upstream is told to whoever listens, without a number, and kept only as the job's latest.
/// </summary>
public abstract class ProgressContract : GatewayTest
{
    private protected ProgressContract(TestData data)
        : base(data)
    {
    }

    private async Task<SseReader> EventsAsync(string id, string after) =>
        new(await Admin.OpenAsync(HttpMethod.Get, $"/v1/jobs/{id}/events", null, ("Last-Event-ID", after)), Patience);

    private Task StageAsync(string id, string? stage) => EventuallyAsync(async () => (await JobAsync(id))["stage"]?.ToString() == stage);

    private async Task<string> QueuedUpstreamAsync()
    {
        Sim.QueueTasks = true;
        await AddAccountAsync("key-a");
        var id = await SubmitVideoAsync();
        await WaitForAsync(id, "running");
        await StageAsync(id, "queueing");
        return id;
    }

    private async Task<string> TaskAsync(string id) =>
        JobId.TryParse(id, out var job)
            ? (await Gateway.Services.GetRequiredService<IQueryStore>().JobAsync(job, Patience))!.TaskId!
            : throw new FormatException(id);

    private long Turns => Gateway.Services.GetRequiredService<BatchRunner>().Committed.Turns;

    [Fact]
    public async Task P3_a_stage_is_an_event_without_a_number_and_gone_with_the_jobs_end()
    {
        var id = await QueuedUpstreamAsync();
        using var events = await EventsAsync(id, "3");
        var queueing = (await events.NextAsync())!;
        Assert.Equal(
            (null, "job.progress", "queueing", "running"),
            (queueing.Id, queueing.Name, queueing.Json["stage"]!.ToString(), queueing.Json["status"]!.ToString()));
        Assert.Equal(3, queueing.Json["seq"]!.GetValue<long>());

        Assert.True(Sim.StartTask(await TaskAsync(id)));
        Assert.Equal("processing", (await events.NextAsync())!.Json["stage"]!.ToString());
        Sim.FinishAllTasks();
        var end = (await events.NextAsync())!;
        Assert.Equal(("4", "job.succeeded"), (end.Id, end.Name));
        Assert.Null(end.Json["stage"]);
        Assert.Null(await events.NextAsync());

        using var history = await EventsAsync(id, "0");
        Assert.Equal(["1", "2", "3", "4"], (await history.AllAsync()).Select(change => change.Id));
    }

    [Fact]
    public async Task P3_a_socket_hears_it_too_and_the_teams_feed_does_not()
    {
        using var feed = new SseReader(await Admin.OpenAsync(HttpMethod.Get, "/v1/events"), Patience);
        var id = await QueuedUpstreamAsync();
        using var socket = await new SocketClient(Patience).OpenAsync(Gateway, GatewayUnderTest.AdminToken);
        await socket.NextAsync("ready");
        await socket.SendAsync(new { type = "subscribe", jobs = new[] { id }, after = new Dictionary<string, long> { [id] = 3 } });
        await socket.NextAsync("subscribed");
        var told = await socket.NextAsync("event");
        Assert.Equal(("job.progress", "queueing"), (told["event"]!.ToString(), told["job"]!["stage"]!.ToString()));
        Assert.False(told.ContainsKey("seq"));
        Sim.FinishAllTasks();
        Assert.Equal($"{id} 4 job.succeeded", await socket.EventAsync());

        List<string> names = [];
        while (names.LastOrDefault() != "job.succeeded") names.Add((await feed.NextAsync())!.Name!);
        Assert.Equal(["job.queued", "job.submitting", "job.running", "job.succeeded"], names);
    }

    [Fact]
    public async Task P3_polls_that_find_nothing_new_cost_no_turn()
    {
        await AddAccountAsync("key-a");
        var id = await SubmitVideoAsync();
        await WaitForAsync(id, "running");
        await Sim.WaitForAsync(Operation.VideoQuery, 3, Patience);
        var turns = Turns;
        await Sim.WaitForAsync(Operation.VideoQuery, 10, Patience);
        Assert.Equal(turns, Turns);
        Assert.Null((await JobAsync(id))["stage"]);
    }

    [Fact]
    public async Task P3_a_restart_finds_out_what_has_changed_meanwhile()
    {
        var id = await QueuedUpstreamAsync();
        var task = await TaskAsync(id);
        await Gateway.StopAsync();
        Assert.True(Sim.StartTask(task));
        await Gateway.StartAsync();
        await StageAsync(id, "processing");
    }
}

public sealed class SqliteProgress() : ProgressContract(new SqliteData());

public sealed class PostgresProgress() : ProgressContract(new PostgresData());
