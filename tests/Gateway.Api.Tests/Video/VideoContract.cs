using System.Text.Json.Nodes;
using Gateway.Api.Tests.Support;
using Gateway.Simulator;

namespace Gateway.Api.Tests.Video;

/// <summary>MiniMax's own video calls, which are jobs behind the curtain.</summary>
public abstract class VideoContract : GatewayTest
{
    private protected VideoContract(TestData data)
        : base(data)
    {
    }

    private static object Body(string prompt = "a calm sea", object? more = null) =>
        new { model = "MiniMax-Hailuo-02", prompt, new_field = more };

    private async Task<Answer> SubmitAsync(string prompt = "a calm sea", params (string, string)[] headers) =>
        await Admin.PostAsync("/v1/video_generation", Body(prompt), headers);

    private Task<Answer> QueryAsync(string id) => Admin.GetAsync($"/v1/query/video_generation?task_id={id}");

    private Task<Answer> RetrieveAsync(string id) => Admin.GetAsync($"/v1/files/retrieve?file_id={id}");

    private async Task<int> JobsAsync() => (await Admin.GetAsync("/v1/jobs")).Json["jobs"]!.AsArray().Count;

    [Fact]
    public async Task The_whole_round_trip_runs_on_the_gateways_own_ids()
    {
        await AddAccountAsync("key-a");
        await AddAccountAsync("key-b");

        var created = (await SubmitAsync()).Expect(200);
        var id = created.Text("task_id");
        Assert.True(long.TryParse(id, out var number) && number > 0, id);
        Assert.Equal(0, created.BaseResp);
        var upstream = Assert.Single(Sim.Ledger.Tasks());

        var running = (await QueryAsync(id)).Expect(200);
        Assert.Equal((id, "Processing", ""), (running.Text("task_id"), running.Text("status"), running.Text("file_id")));
        Assert.Equal(2013, (await RetrieveAsync(id)).Expect(200).BaseResp);

        Sim.FinishAllTasks();
        await EndAsync(id);
        var done = (await QueryAsync(id)).Expect(200);
        Assert.Equal((id, "Success", 0), (done.Text("task_id"), done.Text("status"), done.BaseResp));
        Assert.Equal(1366, done["video_width"]!.GetValue<int>());
        var file = Assert.IsAssignableFrom<JsonValue>(done["file_id"]);
        Assert.True(file.TryGetValue<string>(out var fileId) && long.TryParse(fileId, out _), done.Body);

        var retrieved = (await RetrieveAsync(fileId!)).Expect(200);
        Assert.Equal(long.Parse(fileId!), retrieved["file"]!["file_id"]!.GetValue<long>());
        Assert.Equal("output.mp4", retrieved["file"]!["filename"]!.ToString());
        using var http = new HttpClient();
        Assert.Equal(4096, (await http.GetByteArrayAsync(retrieved["file"]!["download_url"]!.ToString(), Patience)).Length);

        var job = await JobAsync(id);
        Assert.Equal(fileId, job["result"]!["file_id"]!.ToString());
        foreach (var answer in new[] { created, running, done, job })
        {
            Assert.DoesNotContain(upstream.TaskId, answer.Body, StringComparison.Ordinal);
            Assert.DoesNotContain($"{upstream.FileId}", answer.Body, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_body_reaches_the_upstream_byte_for_byte()
    {
        await AddAccountAsync("key-a");
        const string Odd =
            "{ \"prompt\":\"\\u00e9 ünïcödé\",\r\n\"model\":\"MiniMax-Hailuo-02\", \"duration\":6.0,\"unknown\":{\"a\":[1e2]} }\n";
        (await Admin.PostAsync("/v1/video_generation", Odd)).Expect(200);
        Assert.Equal(Odd, Assert.Single(Sim.Ledger.Requests(Operation.VideoSubmit)).Body);
    }

    [Fact]
    public async Task J11_the_upstreams_verdict_is_the_answer_when_a_slot_is_free()
    {
        await AddAccountAsync("key-a");
        await AddAccountAsync("key-b");
        foreach (var (code, message) in new[] { (2013, "invalid params, prompt is wrong"), (1026, "video description contains sensitive content") })
        {
            Sim.Ledger.Reset();
            Sim.Script.Next(Operation.VideoSubmit, new FaultEffect.BaseResp(code, message));
            var refused = (await SubmitAsync()).Expect(200);
            Assert.Equal((code, message, ""), (refused.BaseResp, refused["base_resp"]!["status_msg"]!.ToString(), refused.Text("task_id")));
            Assert.Equal(1, Sim.Ledger.Count(Operation.VideoSubmit));
            Assert.Equal(0, Sim.Ledger.Accepted);
        }

        // What another account may do better is tried there, unseen.
        Sim.Script.Next(Operation.VideoSubmit, new FaultEffect.BaseResp(1008, "insufficient balance"));
        Assert.Equal(0, (await SubmitAsync("moved on")).Expect(200).BaseResp);
    }

    [Fact]
    public async Task Without_a_free_slot_the_answer_is_the_queued_task_and_it_runs_in_its_turn()
    {
        await AddAccountAsync("key-a");
        var first = (await SubmitAsync("first")).Expect(200).Text("task_id");
        var second = (await SubmitAsync("second")).Expect(200);
        Assert.Equal(0, second.BaseResp);
        Assert.Equal("Queueing", (await QueryAsync(second.Text("task_id"))).Text("status"));
        Assert.Equal(1, Sim.Ledger.Accepted);

        Sim.FinishAllTasks();
        await EndAsync(first);
        await WaitForAsync(second.Text("task_id"), "running");
        Assert.Equal(1, Sim.Ledger.Key("key-a").MaxConcurrentTasks);
    }

    [Fact]
    public async Task J11_with_the_queue_off_a_full_pool_is_a_429_that_leaves_no_job_and_uses_no_key()
    {
        await AddAccountAsync("key-a");
        (await SubmitAsync("first")).Expect(200);
        (string, string)[] headers = [("Gateway-Queue", "off"), ("Idempotency-Key", "k-1")];

        var busy = (await SubmitAsync("second", headers)).ExpectBaseResp(429, 1002, "full");
        Assert.InRange(int.Parse(busy.Header("Retry-After")!), 1, 60);
        Assert.Equal(1, await JobsAsync());

        Sim.FinishAllTasks();
        await EventuallyAsync(async () => (await SubmitAsync("second", headers)).Status == 200);
        Assert.Equal(2, await JobsAsync());
        Assert.Equal("true", (await SubmitAsync("second", headers)).Expect(200).Header("Idempotency-Replayed"));
        Assert.Equal(2, Sim.Ledger.Accepted);
    }

    [Fact]
    public async Task A_replay_gives_the_same_task_and_another_body_under_the_key_is_refused()
    {
        await AddAccountAsync("key-a", 3);
        var first = (await SubmitAsync("first", ("Idempotency-Key", "k-1"))).Expect(200);
        var again = (await SubmitAsync("first", ("Idempotency-Key", "\"k-1\""))).Expect(200);
        Assert.Equal((first.Body, "true"), (again.Body, again.Header("Idempotency-Replayed")));
        (await SubmitAsync("other", ("Idempotency-Key", "k-1"))).ExpectBaseResp(422, 2013, "Idempotency-Key");
        Assert.Equal(1, Sim.Ledger.Accepted);
    }

    [Fact]
    public async Task An_unknown_id_is_answered_as_the_vendor_answers_it()
    {
        await AddAccountAsync("key-a");
        foreach (var id in new[] { "1", "0", "-1", "abc", "", "99999999999999999999999", "1%00", "%F0%9F%98%80", "1&task_id=2" })
        {
            Assert.Equal(
                """{"base_resp":{"status_code":2013,"status_msg":"invalid params, invalid task_id"}}""",
                (await QueryAsync(id)).Expect(200).Body);
            Assert.Equal(
                """{"base_resp":{"status_code":2013,"status_msg":"invalid params, invalid file_id"}}""",
                (await RetrieveAsync(id)).Expect(200).Body);
        }

        Assert.Equal(2013, (await Admin.GetAsync("/v1/query/video_generation")).Expect(200).BaseResp);
    }

    [Fact]
    public async Task A_failed_task_says_why_in_the_vendors_words()
    {
        await AddAccountAsync("key-a");
        var id = (await SubmitAsync()).Text("task_id");
        Sim.FinishAllTasks(new TaskFailure());
        var job = await EndAsync(id);
        Assert.Equal(
            ("failed", "moderated", 1027),
            (job.Text("status"), job["error"]!["code"]!.ToString(), job["error"]!["upstreamCode"]!.GetValue<int>()));

        var failed = (await QueryAsync(id)).Expect(200);
        Assert.Equal(
            ("Fail", "", 1027, "output new_sensitive"),
            (failed.Text("status"), failed.Text("file_id"), failed.BaseResp, failed["base_resp"]!["status_msg"]!.ToString()));
    }

    [Fact]
    public async Task J6_a_model_no_account_has_is_refused_in_the_dialect()
    {
        (await SubmitAsync()).ExpectBaseResp(422, 2013, "no account");
        await AddAccountAsync("key-a", 1, ("models", new[] { "T2V-01" }));
        (await SubmitAsync()).ExpectBaseResp(422, 2013, "MiniMax-Hailuo-02");
        (await Admin.PostAsync("/v1/video_generation", new { prompt = "x" })).ExpectBaseResp(400, 2013, "model", "string");
        Assert.Equal(0, await JobsAsync());
    }

    [Fact]
    public async Task Tasks_and_files_outlive_a_restart()
    {
        await AddAccountAsync("key-a", 2);
        var (done, running) = ((await SubmitAsync("done")).Text("task_id"), (await SubmitAsync("running")).Text("task_id"));
        Sim.FinishTask(Sim.Ledger.Tasks().Single(task => task.Prompt == "done").TaskId);
        await EndAsync(done);

        await Gateway.RestartAsync();

        Assert.Equal("Success", (await QueryAsync(done)).Text("status"));
        Assert.Equal(0, (await RetrieveAsync(done)).Expect(200).BaseResp);
        Assert.Equal("Processing", (await QueryAsync(running)).Text("status"));
    }
}

public sealed class SqliteVideo() : VideoContract(new SqliteData());

public sealed class PostgresVideo() : VideoContract(new PostgresData());
