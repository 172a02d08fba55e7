using Gateway.Api.Tests.Support;
using Gateway.Simulator;

namespace Gateway.Api.Tests.Jobs;

/// <summary>A job's events over SSE: every change once, in order, resumable.</summary>
public abstract class EventContract : GatewayTest
{
    private protected EventContract(TestData data)
        : base(data)
    {
    }

    private async Task<SseReader> EventsAsync(string id, params (string, string)[] headers) =>
        new(await Admin.OpenAsync(HttpMethod.Get, $"/v1/jobs/{id}/events", null, headers), Patience);

    [Fact]
    public async Task P1_a_stream_tells_every_change_from_1_without_a_gap_and_ends_with_the_job()
    {
        await AddAccountAsync("key-a");
        var blocker = await SubmitVideoAsync("blocker");
        await WaitForAsync(blocker, "running");
        var id = await SubmitVideoAsync();
        using var events = await EventsAsync(id);
        Assert.Equal("text/event-stream", events.Response.Content.Headers.ContentType!.MediaType);
        Assert.Equal("no", Assert.Single(events.Response.Headers.GetValues("X-Accel-Buffering")));
        Assert.True(events.Response.Headers.CacheControl!.NoCache);

        var first = (await events.NextAsync())!;
        Assert.Equal(("1", "job.queued"), (first.Id, first.Name));
        Assert.Equal(
            (id, "queued", 1L), (first.Json["id"]!.ToString(), first.Json["status"]!.ToString(), first.Json["seq"]!.GetValue<long>()));
        Assert.Equal("1 account full", first.Json["reason"]!.ToString()); // D2
        Assert.Equal(first.Json["createdAt"]!.ToString(), first.Json["at"]!.ToString());
        Assert.NotNull(events.Retry);
        Sim.FinishAllTasks();
        Assert.Equal("job.submitting", (await events.NextAsync())!.Name);
        Assert.Equal("job.running", (await events.NextAsync())!.Name);
        Sim.FinishAllTasks();
        var last = (await events.NextAsync())!;
        Assert.Equal(("4", "job.succeeded", "Success"), (last.Id, last.Name, last.Json["result"]!["status"]!.ToString()));
        Assert.Equal("succeeded", last.Json["status"]!.ToString());
        Assert.Null(await events.NextAsync());
    }

    [Fact]
    public async Task P1_a_reconnect_goes_on_after_the_last_event_seen_and_gets_204_after_the_end()
    {
        await AddAccountAsync("key-a");
        var id = await SubmitVideoAsync();
        await WaitForAsync(id, "running");
        using var live = await EventsAsync(id, ("Last-Event-ID", "3"));
        using var replayed = await EventsAsync(id, ("Last-Event-ID", "1"));
        Assert.Equal("2", (await replayed.NextAsync())!.Id);
        Sim.FinishAllTasks();
        Assert.Equal(["4"], (await live.AllAsync()).Select(change => change.Id));
        Assert.Equal(["3", "4"], (await replayed.AllAsync()).Select(change => change.Id));

        using var all = await EventsAsync(id);
        Assert.Equal(["1", "2", "3", "4"], (await all.AllAsync()).Select(change => change.Id));
        using var byQuery = new SseReader(await Admin.OpenAsync(HttpMethod.Get, $"/v1/jobs/{id}/events?after=2"), Patience);
        Assert.Equal(["3", "4"], (await byQuery.AllAsync()).Select(change => change.Id));
        Assert.Empty((await Admin.GetAsync($"/v1/jobs/{id}/events", ("Last-Event-ID", "4"))).Expect(204).Body);
        Assert.Empty((await Admin.GetAsync($"/v1/jobs/{id}/events", ("Last-Event-ID", "99"))).Expect(204).Body);
        (await Admin.GetAsync($"/v1/jobs/{id}/events", ("Last-Event-ID", "x"))).ExpectProblem(400, "invalid_request", "Last-Event-ID", "id of an event");
        (await Admin.GetAsync("/v1/jobs/1/events")).ExpectProblem(404, "job_not_found");
    }

    [Fact]
    public async Task P1_an_id_that_has_not_been_given_yet_loses_no_event()
    {
        await AddAccountAsync("key-a");
        var id = await SubmitVideoAsync();
        await WaitForAsync(id, "running");
        using var ahead = await EventsAsync(id, ("Last-Event-ID", "99"));
        Sim.FinishAllTasks();
        Assert.Equal("job.succeeded", (await ahead.AllAsync())[^1].Name);
    }

    [Fact]
    public async Task P1_events_outlive_a_restart_and_refusals_are_part_of_the_story()
    {
        await AddAccountAsync("key-a");
        await AddAccountAsync("key-b");
        Sim.Script.Next(Operation.VideoSubmit, new FaultEffect.BaseResp(1033, "downstream error"));
        var id = await SubmitVideoAsync();
        await WaitForAsync(id, "running");
        await Gateway.RestartAsync();
        using var events = await EventsAsync(id);
        for (var seq = 1; seq <= 5; seq++) Assert.Equal($"{seq}", (await events.NextAsync())!.Id);
        Sim.FinishAllTasks();
        Assert.Equal("job.succeeded", (await events.NextAsync())!.Name);

        using var story = await EventsAsync(id);
        Assert.Equal(
            ["queued", "submitting", "queued", "submitting", "running", "succeeded"],
            (await story.AllAsync()).Select(change => change.Name![4..]));
    }

    [Fact]
    public async Task P1_many_streams_all_see_the_same()
    {
        await AddAccountAsync("key-a", 5);
        var ids = new List<string>();
        for (var i = 0; i < 5; i++) ids.Add(await SubmitVideoAsync($"job {i}"));
        var streams = ids.SelectMany(id => Enumerable.Repeat(id, 10)).Select(async id =>
        {
            using var events = await EventsAsync(id);
            return (Id: id, Events: await events.AllAsync());
        }).ToList();
        foreach (var id in ids) await WaitForAsync(id, "running");
        Sim.FinishAllTasks();
        foreach (var (id, events) in await Task.WhenAll(streams))
        {
            Assert.Equal(["1", "2", "3", "4"], events.Select(change => change.Id));
            Assert.All(events, change => Assert.Equal(id, change.Json["id"]!.ToString()));
        }
    }
}

public sealed class SqliteEvents() : EventContract(new SqliteData());

public sealed class PostgresEvents() : EventContract(new PostgresData());
