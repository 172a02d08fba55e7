using System.Diagnostics;
using Gateway.Api.Tests.Support;
using Gateway.Simulator;

namespace Gateway.Api.Tests.Edge;

/// <summary>An orderly stop: soon, and without leaving anything in doubt.</summary>
public sealed class StopTests : GatewayTest
{
    [Fact]
    public async Task J4_a_submit_that_is_being_answered_is_waited_for()
    {
        await AddAccountAsync("key-a");
        using var held = Sim.Hold(Operation.VideoSubmit);
        var id = await SubmitVideoAsync();
        await Sim.WaitForAcceptedAsync(1, Patience);

        var stop = Gateway.StopAsync();
        held.Release();
        await stop;
        await Gateway.StartAsync();

        await WaitForAsync(id, "running");
        Sim.FinishAllTasks();
        Assert.Equal("succeeded", (await EndAsync(id)).Text("status"));
    }

    [Fact]
    public async Task Open_streams_and_long_polls_do_not_hold_up_a_stop()
    {
        await AddAccountAsync("key-a");
        var id = await SubmitVideoAsync();
        await WaitForAsync(id, "running");
        using var events = new SseReader(await Admin.OpenAsync(HttpMethod.Get, $"/v1/jobs/{id}/events"), Patience);
        Assert.NotNull(await events.NextAsync());
        var poll = Admin.GetAsync($"/v1/jobs/{id}?wait=25");
        var waiting = Admin.PostAsync("/v1/jobs", VideoJob("second"), ("Prefer", "wait=25"));
        await EventuallyAsync(async () => (await Admin.GetAsync("/v1/jobs")).Json["jobs"]!.AsArray().Count == 2);

        var started = Stopwatch.GetTimestamp();
        await Gateway.StopAsync();
        Assert.InRange(Stopwatch.GetElapsedTime(started).TotalSeconds, 0, 8);
        Assert.Equal("running", (await poll).Expect(200).Text("status"));
        Assert.Equal("queued", (await waiting).Expect(202).Text("status"));
        Assert.DoesNotContain(await events.AllAsync(), change => change.Name == "job.succeeded");
    }

    [Fact]
    public async Task Calls_that_wait_for_a_slot_do_not_hold_up_a_stop()
    {
        await AddAccountAsync("key-a");
        await WaitForAsync(await SubmitVideoAsync(), "running");
        var waiting = Admin.PostAsync(
            "/v1/text/chatcompletion_v2", new { model = "MiniMax-M2", messages = new[] { new { role = "user", content = "hi" } } });
        await EventuallyAsync(
            async () => (await Nobody.GetAsync("/metrics")).Body.Contains("\ngateway_calls_waiting 1\n", StringComparison.Ordinal));

        var started = Stopwatch.GetTimestamp();
        await Gateway.StopAsync();
        Assert.InRange(Stopwatch.GetElapsedTime(started).TotalSeconds, 0, 8);
        Assert.NotNull((await waiting).ExpectBaseResp(503, 1033).Header("Retry-After"));
    }
}
