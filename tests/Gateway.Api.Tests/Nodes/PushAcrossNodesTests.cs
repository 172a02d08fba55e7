using Gateway.Api.Tests.Support;
using Gateway.Simulator;

namespace Gateway.Api.Tests.Nodes;

/// <summary>An API node tells its clients of jobs that were submitted at another and run on a third, with polling off.</summary>
public sealed class PushAcrossNodesTests : NodesTest
{
    private static readonly string[] History = ["job.queued", "job.submitting", "job.running", "job.succeeded"];

    private async Task<string> SubmitAtCAsync() => (await C.PostAsync("/v1/jobs", VideoJob())).Expect(202).Text("id");

    private async Task<SseReader> OpenAtAAsync(string path) => new(await A.OpenAsync(HttpMethod.Get, path), Patience);

    [Fact]
    public async Task P1_server_sent_events_of_a_job_that_runs_elsewhere()
    {
        await AddAccountAsync("key-a");
        var job = await SubmitAtCAsync();
        using var events = await OpenAtAAsync($"/v1/jobs/{job}/events");
        for (var i = 0; i < 3; i++) Assert.Equal(History[i], (await events.NextAsync())!.Name);
        Sim.FinishAllTasks();
        Assert.Equal(History[3], (await events.NextAsync())!.Name);
        Assert.Null(await events.NextAsync());
    }

    [Fact]
    public async Task P2_the_teams_feed_of_jobs_that_run_elsewhere()
    {
        await AddAccountAsync("key-a");
        using var feed = await OpenAtAAsync("/v1/events");
        var job = await SubmitAtCAsync();
        for (var i = 0; i < 3; i++) Assert.Equal((History[i], job), await NextAsync());
        Sim.FinishAllTasks();
        Assert.Equal((History[3], job), await NextAsync());

        async Task<(string?, string)> NextAsync() =>
            await feed.NextAsync() is { } told ? (told.Name, told.Json["id"]!.ToString()) : default;
    }

    [Fact]
    public async Task P1_a_socket_follows_a_job_that_runs_elsewhere()
    {
        await AddAccountAsync("key-a");
        using var socket = await new SocketClient(Patience).OpenAsync(NodeA, GatewayUnderTest.AdminToken);
        await socket.NextAsync("ready");
        var job = await SubmitAtCAsync();
        await socket.SendAsync(new { type = "subscribe", jobs = new[] { job } });
        await socket.NextAsync("subscribed");
        for (var i = 0; i < 3; i++) Assert.Equal($"{job} {i + 1} {History[i]}", await socket.EventAsync());
        Sim.FinishAllTasks();
        Assert.Equal($"{job} 4 {History[3]}", await socket.EventAsync());
    }

    [Fact]
    public async Task P1_a_long_poll_ends_with_the_job_that_runs_elsewhere()
    {
        await AddAccountAsync("key-a");
        var job = await SubmitAtCAsync();
        await WaitForAsync(job, "running");
        var poll = A.GetAsync($"/v1/jobs/{job}?wait=25");
        Sim.FinishAllTasks();
        Assert.Equal("succeeded", (await poll).Expect(200).Text("status"));
    }

    [Fact]
    public async Task A_submit_that_waits_answers_with_the_result_from_elsewhere()
    {
        await AddAccountAsync("key-a");
        var submit = C.PostAsync("/v1/jobs", VideoJob(), ("Prefer", "wait=20"));
        await Sim.WaitForAcceptedAsync(1, Patience);
        Sim.FinishAllTasks();
        Assert.Equal("succeeded", (await submit).Expect(200).Text("status"));
    }

    [Fact]
    public async Task J11_a_native_submit_answers_with_the_upstreams_verdict_from_elsewhere()
    {
        await AddAccountAsync("key-a");
        Sim.Script.Next(Operation.VideoSubmit, new FaultEffect.BaseResp(2013, "invalid params"));
        (await C.PostAsync("/v1/video_generation", new { model = "MiniMax-Hailuo-02", prompt = "a calm sea" })).ExpectBaseResp(200, 2013);
    }

    [Fact]
    public async Task L4_a_cancel_on_one_node_ends_what_waits_and_what_runs_elsewhere()
    {
        await AddAccountAsync("key-a");
        var running = await SubmitAtCAsync();
        await WaitForAsync(running, "running");
        var queued = await SubmitAtCAsync();
        using var events = await OpenAtAAsync($"/v1/jobs/{queued}/events");
        Assert.Equal("job.queued", (await events.NextAsync())!.Name);
        foreach (var job in new[] { queued, running })
            Assert.Equal("cancelled", (await C.PostAsync($"/v1/jobs/{job}/cancel")).Expect(200).Text("status"));
        Assert.Equal("job.cancelled", (await events.NextAsync())!.Name);
        Assert.Equal(1, Sim.Ledger.Count(Operation.VideoSubmit));
    }

    [Fact]
    public async Task L4_a_cancel_on_one_node_takes_back_at_the_upstream_what_another_sent()
    {
        Sim.QueueTasks = true;
        var account = await AddAccountAsync("key-a", 2);
        async Task<string> SubmitV2Async(string prompt)
        {
            var task = (
                await C.PostAsync(
                    "/v2/video_generation",
                    new
                    {
                        model = "MiniMax-H3",
                        content = new[] { new { type = "text", text = prompt } },
                        resolution = "768P",
                        ratio = "16:9",
                        duration = 5,
                    })).Expect(200).Text("task_id");
            await WaitForAsync(task, "running");
            return task;
        }

        var (cancelled, deleted) = (await SubmitV2Async("cancelled"), await SubmitV2Async("deleted"));
        Assert.Equal("cancelled", (await C.PostAsync($"/v1/jobs/{cancelled}/cancel")).Expect(200).Text("status"));
        (await C.DeleteAsync($"/v2/video_generation/{deleted}")).Expect(200);
        Assert.Equal("cancelled", (await JobAsync(deleted)).Text("status"));

        // Both slots are free again though nobody polled, and nothing was charged.
        Assert.Empty((await AccountAsync(account))["leases"]!.AsArray());
        foreach (var job in new[] { cancelled, deleted }) Assert.Equal(0, (await JobAsync(job))["credits"]!["charged"]!.GetValue<int>());
    }
}
