using Gateway.Api.Tests.Support;
using Gateway.Simulator;

namespace Gateway.Api.Tests.Nodes;

/// <summary>Q5 between nodes: what one does wakes what waits at another, with polling off.</summary>
public sealed class WakeUpsAcrossNodesTests : NodesTest
{
    private static readonly object Everything = new { all = true };

    private async Task<string> SubmitAtCAsync(string prompt = "a calm sea") =>
        (await C.PostAsync("/v1/jobs", VideoJob(prompt))).Expect(202).Text("id");

    private static Task<Answer> ChatAsync(Client client, string content) =>
        client.PostAsync(
            "/v1/text/chatcompletion_v2",
            new { model = "MiniMax-M2", max_tokens = 100, messages = new[] { new { role = "user", content } } },
            ("Prefer", "wait=20"));

    [Fact]
    public async Task Q5_a_submit_on_an_API_node_is_sent_by_another()
    {
        await AddAccountAsync("key-a");
        var job = await SubmitAtCAsync();
        await WaitForAsync(job, "running");
        Assert.Equal(1, Sim.Ledger.Count(Operation.VideoSubmit));
    }

    [Fact]
    public async Task Q5_an_account_added_on_an_API_node_wakes_what_waits_at_another()
    {
        await AddAccountAsync("key-a");
        await WaitForAsync(await SubmitAtCAsync("blocker"), "running");
        var waits = await SubmitAtCAsync("waits");
        (await A.PostAsync("/v1/minimax/accounts", new { url = Sim.BaseUrl.ToString(), driver = "platform", token = "key-b", maxJobs = 1 })).Expect(201);
        await WaitForAsync(waits, "running");
    }

    [Fact]
    public async Task V3_Q5_a_doubt_raised_on_an_API_node_is_settled_by_a_probe_and_wakes_what_waits_at_another()
    {
        await AddAccountAsync("key-a");
        Sim.Script.Next(Operation.Chat, new FaultEffect.BaseResp(1004, "login fail"));
        (await A.PostAsync("/v1/text/chatcompletion_v2", new { model = "MiniMax-M2", messages = new[] { new { role = "user", content = "hi" } } }, ("Prefer", "wait=0"))).Expect(503);
        await WaitForAsync(await SubmitAtCAsync(), "running");
    }

    [Fact]
    public async Task Q5_a_limit_raised_on_an_API_node_wakes_what_waits_at_another()
    {
        var account = await AddAccountAsync("key-a");
        await WaitForAsync(await SubmitAtCAsync("blocker"), "running");
        var waits = await SubmitAtCAsync("waits");
        (await A.PatchAsync($"/v1/admin/accounts/{account}", new { maxJobs = 2 })).Expect(200);
        await WaitForAsync(waits, "running");
    }

    [Fact]
    public async Task Q5_a_slot_given_back_on_an_API_node_is_taken_by_a_job_at_another()
    {
        await AddAccountAsync("key-a");
        using var held = Sim.Hold(Operation.Chat);
        var call = ChatAsync(A, "has the slot");
        await Sim.WaitForAsync(Operation.Chat, 1, Patience);
        var waits = await SubmitAtCAsync();
        await EventuallyAsync(async () => (await Admin.GetAsync($"/v1/jobs/{waits}")).Text("status") == "queued");
        held.Release();
        (await call).Expect(200);
        await WaitForAsync(waits, "running");
    }

    [Fact]
    public async Task Q5_a_job_that_ends_on_one_node_makes_room_for_a_call_that_waits_at_another()
    {
        await AddAccountAsync("key-a");
        var job = await SubmitAtCAsync();
        await WaitForAsync(job, "running");
        var call = ChatAsync(A, "waits");
        await EventuallyAsync(
            async () => (await A.GetAsync("/metrics")).Body.Contains("\ngateway_calls_waiting 1\n", StringComparison.Ordinal));
        Sim.FinishAllTasks();
        (await call).Expect(200);
    }

    [Fact]
    public async Task Q5_a_pause_and_its_end_on_an_API_node_hold_at_the_others()
    {
        await AddAccountAsync("key-a");
        (await A.PostAsync("/v1/admin/queue/pause", Everything)).Expect(200);
        await EventuallyAsync(async () => (await Admin.GetAsync("/v1/admin/queue"))["pauses"]!.AsArray().Count == 1);
        var waits = await SubmitAtCAsync();
        (await A.PostAsync("/v1/admin/queue/resume", Everything)).Expect(200);
        await WaitForAsync(waits, "running");
    }

    [Fact]
    public async Task Q5_what_was_missed_without_a_listening_connection_is_read_when_it_is_back()
    {
        await AddAccountAsync("key-a");
        (await Admin.PostAsync("/v1/admin/queue/pause", Everything)).Expect(200);
        var waits = await SubmitAtCAsync();
        await ChangeSecretlyAsync("DELETE FROM queue_pause");
        Assert.True((await C.GetAsync($"/v1/jobs/{waits}")).Text("status") == "queued");
        await CutHintsAsync();
        await WaitForAsync(waits, "running");
    }

    [Fact]
    public async Task Q5_without_any_hint_the_look_finds_what_waits()
    {
        Gateway["Gateway:Dispatch:LookEvery"] = "00:00:00.100";
        await Gateway.RestartAsync();
        await AddAccountAsync("key-a");
        (await Admin.PostAsync("/v1/admin/queue/pause", Everything)).Expect(200);
        var waits = await SubmitAtCAsync();
        await ChangeSecretlyAsync("DELETE FROM queue_pause");
        await WaitForAsync(waits, "running");
    }

    [Fact]
    public async Task J6_an_account_added_on_one_node_serves_at_once_on_the_others()
    {
        (await C.PostAsync("/v1/jobs", VideoJob())).ExpectProblem(422, "no_account_can_serve");
        await AddAccountAsync("key-a", 2);
        (await C.PostAsync("/v1/jobs", VideoJob())).Expect(202); // whether or not its hint has come
    }
}
