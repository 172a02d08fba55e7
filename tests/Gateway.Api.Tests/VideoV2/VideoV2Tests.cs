using System.Text.Json.Nodes;
using Gateway.Api.Tests.Support;
using Gateway.Simulator;

namespace Gateway.Api.Tests.VideoV2;

/// <summary>The second video API (docs/minimax.md, "Video, second API"): real statuses, a task object, a list and deletion.</summary>
public sealed class VideoV2Tests : NativeTest
{
    private const string Path = "/v2/video_generation";
    private const string Unknown = "123456789012345678";

    private readonly ShiftedClock _vendorsClock = new();

    private protected override SimulatorOptions Upstream => new() { ManualTasks = true, TimeProvider = _vendorsClock };

    private static string Body(string text = "a sea", string model = "MiniMax-H3", string more = "") =>
        $$"""{"model":"{{model}}","content":[{"type":"text","text":"{{text}}"}],"resolution":"768P","duration":6,"ratio":"16:9"{{more}}}""";

    private async Task<string> SubmitAsync(string text = "a sea", Client? by = null, string model = "MiniMax-H3") =>
        String((await (by ?? Admin).PostAsync(Path, Body(text, model))).Expect(200)["task_id"]);

    private Task<Answer> QueryAsync(string id, Client? by = null) => (by ?? Admin).GetAsync($"/v2/query/video_generation/{id}");

    private Task<Answer> DeleteAsync(string id, Client? by = null) => (by ?? Admin).DeleteAsync($"{Path}/{id}");

    private async Task<(IReadOnlyList<string> Ids, int Total)> ListAsync(string query = "", Client? by = null)
    {
        var list = (await (by ?? Admin).GetAsync($"/v2/query/video_generation{query}")).Expect(200);
        return ([.. list["items"]!.AsArray().Select(item => String(item!["id"]))], int.Parse(Number(list["total"])));
    }

    /// <summary>An error in the API's envelope under a real status.</summary>
    private static JsonNode Envelope(Answer answer, int status, string type, int code)
    {
        answer.Expect(status);
        Assert.Equal("error", String(answer["type"]));
        var error = answer["error"]!;
        Assert.Equal((type, $"{status}"), (String(error["type"]), String(error["http_code"])));
        Assert.EndsWith($" ({code})", String(error["message"]), StringComparison.Ordinal);
        Assert.Matches("^[0-9a-f]{32}$", String(answer["request_id"]));
        return error;
    }

    [Fact]
    public async Task The_whole_round_trip_is_in_the_vendors_shape_on_the_gateways_ids()
    {
        await AddAccountAsync("key-a");
        const string Odd =
            """{ "content":[{"type":"text","text":"\u00e9 sea"}],"model":"MiniMax-H3", "duration":5,"ratio":"1:1","extra":{"a":[1.50]} }""";

        var created = (await Admin.PostAsync($"{Path}?GroupId=4711", Odd)).Expect(200);
        var id = String(created["task_id"]);
        Assert.Equal(["task_id"], created.Json.Select(member => member.Key));
        Assert.Equal((Odd, ""), (Latest(Operation.VideoV2Submit).Body, Latest(Operation.VideoV2Submit).Query));
        var vendors = Assert.Single(Sim.Ledger.Tasks()).TaskId;

        var running = (await QueryAsync(id)).Expect(200)["task"]!;
        Assert.Equal(
            (id, "MiniMax-H3", "running", "generation"),
            (String(running["id"]), String(running["model"]), String(running["status"]), String(running["task_type"])));
        Number(running["created_at"]);
        Number(running["updated_at"]);
        Assert.Null(running["error"]);

        Sim.FinishAllTasks();
        Assert.Equal("succeeded", (await EndAsync(id)).Text("status"));
        var answer = (await QueryAsync(id)).Expect(200);
        var done = answer["task"]!;
        Assert.Equal(
            (id, "succeeded", "1:1", "768P"),
            (String(done["id"]), String(done["status"]), String(done["ratio"]), String(done["resolution"])));
        Assert.Equal(("5", "5"), (Number(done["duration"]), Number(done["usage"]!["total_seconds"])));
        Assert.NotEmpty(await DownloadAsync(String(done["content"]!["url"])));
        Assert.DoesNotContain(
            vendors, answer.Body.Replace(String(done["content"]!["url"]), "", StringComparison.Ordinal), StringComparison.Ordinal);
        VendorNeverSaw(id);
    }

    [Fact]
    public async Task A_link_is_fresh_with_each_query()
    {
        await AddAccountAsync("key-a");
        var id = await SubmitAsync();
        Sim.FinishAllTasks();
        await EndAsync(id);
        var first = String((await QueryAsync(id))["task"]!["content"]!["url"]);

        _vendorsClock.Advance(TimeSpan.FromHours(2));

        await Assert.ThrowsAsync<HttpRequestException>(() => DownloadAsync(first));
        Assert.NotEmpty(await DownloadAsync(String((await QueryAsync(id))["task"]!["content"]!["url"])));
    }

    [Fact]
    public async Task A_query_of_a_finished_task_answers_even_when_the_vendor_does_not()
    {
        await AddAccountAsync("key-a");
        var id = await SubmitAsync();
        Sim.FinishAllTasks();
        await EndAsync(id);
        Sim.Script.Always(Operation.VideoV2Query, new FaultEffect.HttpStatus(502));

        Assert.Equal("succeeded", String((await QueryAsync(id)).Expect(200)["task"]!["status"]));
    }

    [Theory]
    [InlineData(2013, 400, "bad_request_error")]
    [InlineData(1026, 422, "unprocessable_entity_error")]
    public async Task A_refusal_has_a_real_status_and_the_same_one_again_under_its_key(int code, int status, string type)
    {
        await AddAccountAsync("key-a");
        Sim.Script.Next(Operation.VideoV2Submit, new FaultEffect.BaseResp(code, "the vendor's words"));

        var refused = await Admin.PostAsync(Path, Body(), ("Idempotency-Key", "k"));
        Assert.Contains("the vendor's words", String(Envelope(refused, status, type, code)["message"]), StringComparison.Ordinal);
        Assert.Single(System.Text.RegularExpressions.Regex.Matches(refused.Body, $"\\({code}\\)"));

        var again = await Admin.PostAsync(Path, Body(), ("Idempotency-Key", "k"));
        Assert.Equal((refused.Status, refused.Body, "true"), (again.Status, again.Body, again.Header("Idempotency-Replayed")));
        Assert.Equal(1, Sim.Ledger.Count(Operation.VideoV2Submit));
    }

    [Fact]
    public async Task The_gateways_own_refusals_are_in_the_envelope_too()
    {
        Envelope(await As("nobody").PostAsync(Path, Body()), 401, "authorized_error", 1004);
        Envelope(await Admin.PostAsync(Path, Body()), 422, "unprocessable_entity_error", 2013);
        await AddAccountAsync("key-a");
        Envelope(await Admin.PostAsync(Path, "{"), 400, "bad_request_error", 2013);
        Envelope(await Admin.PostAsync(Path, """{"content":[]}"""), 400, "bad_request_error", 2013);
        Envelope(await Admin.GetAsync("/v2/query/video_generation?page_num=x"), 400, "bad_request_error", 2013);
        Envelope(await Admin.PatchAsync(Path, new { }), 405, "bad_request_error", 2013);
        await SubmitAsync();
        Envelope(await Admin.PostAsync(Path, Body(), ("Gateway-Queue", "off")), 429, "rate_limit_error", 1002);
    }

    [Fact]
    public async Task A_task_that_fails_says_why_with_a_code_that_is_a_string()
    {
        await AddAccountAsync("key-a");
        var id = await SubmitAsync();
        Sim.FinishAllTasks(new TaskFailure(1027, "output new_sensitive"));
        Assert.Equal("failed", (await EndAsync(id)).Text("status"));

        var task = (await QueryAsync(id)).Expect(200)["task"]!;
        Assert.Equal(
            ("failed", "1027", "output new_sensitive"),
            (String(task["status"]), String(task["error"]!["code"]), String(task["error"]!["message"])));
        Assert.Null(task["content"]);
    }

    [Fact]
    public async Task A_list_is_paged_and_filtered_and_holds_the_callers_tasks_only()
    {
        await AddAccountAsync("key-a", 10);
        var (team, other) = (await AddTeamAsync("one"), await AddTeamAsync("other"));
        List<string> ids = [];
        for (var i = 0; i < 5; i++) ids.Insert(0, await SubmitAsync($"sea {i}", team, i == 0 ? "MiniMax-H3-Max" : "MiniMax-H3"));
        var foreign = await SubmitAsync("other", other);
        (await team.PostAsync("/v1/video_generation", new { model = "MiniMax-Hailuo-02", prompt = "first API" })).Expect(200);
        Sim.FinishTask(Sim.Ledger.Tasks().Single(task => task.Prompt == "sea 1").TaskId);
        await EndAsync(ids[3]);
        Sim.FinishTask(Sim.Ledger.Tasks().Single(task => task.Prompt == "sea 2").TaskId, new TaskFailure());
        await EndAsync(ids[2]);

        async Task ExpectAsync(string query, int total, params string[] expected)
        {
            var (listed, of) = await ListAsync(query, team);
            Assert.Equal(expected, listed);
            Assert.Equal(total, of);
        }

        await ExpectAsync("", 5, [.. ids]);
        await ExpectAsync("?page_num=1&page_size=2", 5, ids[0], ids[1]);
        await ExpectAsync("?page_num=3&page_size=2", 5, ids[4]);
        await ExpectAsync("?page_num=4&page_size=2", 5);
        await ExpectAsync("?filter.status=succeeded", 1, ids[3]);
        await ExpectAsync("?filter.status=failed&filter.status=succeeded", 2, ids[2], ids[3]);
        await ExpectAsync("?filter.status=failed,succeeded", 2, ids[2], ids[3]);
        await ExpectAsync("?filter.model=MiniMax-H3-Max", 1, ids[4]);
        await ExpectAsync($"?filter.task_ids={ids[1]},{foreign}", 1, ids[1]);
        await ExpectAsync("?filter.task_type=regeneration", 0);
        var others = await ListAsync("", other);
        Assert.Equal((foreign, 1), (Assert.Single(others.Ids), others.Total));
        Assert.Equal(6, (await ListAsync()).Total);

        var succeeded = (await team.GetAsync("/v2/query/video_generation?filter.status=succeeded")).Expect(200)["items"]![0]!;
        Assert.StartsWith("http", String(succeeded["content"]!["url"]), StringComparison.Ordinal);
        Assert.Equal(0, Sim.Ledger.Count(Operation.VideoV2List));
    }

    [Fact]
    public async Task A_task_in_the_gateways_queue_is_cancelled_unseen_by_the_vendor()
    {
        await AddAccountAsync("key-a");
        await SubmitAsync("first");
        var queued = await SubmitAsync("second");
        Assert.Equal("queued", String((await QueryAsync(queued))["task"]!["status"]));

        var deleted = (await DeleteAsync(queued)).Expect(200);

        Assert.Equal(
            (queued, "cancelled", "cancelled"), (String(deleted["task_id"]), String(deleted["action"]), String(deleted["status"])));
        Assert.Equal("cancelled", String((await QueryAsync(queued)).Expect(200)["task"]!["status"]));
        Envelope(await DeleteAsync(queued), 400, "bad_request_error", 2013);
        Assert.Equal((1, 0), (Sim.Ledger.Accepted, Sim.Ledger.Count(Operation.VideoV2Delete)));
    }

    [Fact]
    public async Task A_task_in_the_vendors_queue_is_cancelled_there_free_of_charge()
    {
        Sim.QueueTasks = true;
        var account = await AddAccountAsync("key-a", 1, ("dailyCredits", 1000));
        var id = await SubmitAsync();

        var deleted = (await DeleteAsync(id)).Expect(200);

        Assert.Equal((id, "cancelled", "cancelled"), (String(deleted["task_id"]), String(deleted["action"]), String(deleted["status"])));
        await SlotsAsync(account, 0);
        Assert.Equal("cancelled", String((await QueryAsync(id)).Expect(200)["task"]!["status"]));
        Assert.Equal("0", (await AccountAsync(account))["credits"]!["used"]!.ToString());
        VendorNeverSaw(id);
    }

    [Fact]
    public async Task A_running_task_is_not_deleted()
    {
        await AddAccountAsync("key-a");
        var id = await SubmitAsync();

        Envelope(await DeleteAsync(id), 400, "bad_request_error", 2013);

        Assert.Equal("running", String((await QueryAsync(id)).Expect(200)["task"]!["status"]));
        Sim.FinishAllTasks();
        Assert.Equal("succeeded", (await EndAsync(id)).Text("status"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_record_of_an_ended_task_is_gone_once_it_is_deleted(bool succeeds)
    {
        await AddAccountAsync("key-a");
        var id = await SubmitAsync();
        Sim.FinishAllTasks(succeeds ? null : new TaskFailure());
        await EndAsync(id);

        var deleted = (await DeleteAsync(id)).Expect(200);

        Assert.Equal((id, "deleted"), (String(deleted["task_id"]), String(deleted["action"])));
        LooksLike(await QueryAsync(Unknown), Unknown, await QueryAsync(id), id);
        LooksLike(await DeleteAsync(Unknown), Unknown, await DeleteAsync(id), id);
        Assert.Equal(0, (await ListAsync()).Total);
        Assert.Equal(1, Sim.Ledger.Count(Operation.VideoV2Delete, "key-a"));
        var again = """{"task_id":"ID"}""";
        LooksLike(
            await Admin.PostAsync("/v2/video_regeneration", again.Replace("ID", Unknown, StringComparison.Ordinal)), Unknown,
            await Admin.PostAsync("/v2/video_regeneration", again.Replace("ID", id, StringComparison.Ordinal)), id);
        await Gateway.RestartAsync();
        Envelope(await QueryAsync(id), 400, "bad_request_error", 2013);
    }

    [Fact]
    public async Task Anothers_task_looks_like_none()
    {
        await AddAccountAsync("key-a", 3);
        var (team, other) = (await AddTeamAsync("one"), await AddTeamAsync("other"));
        var id = await SubmitAsync(by: other);
        var first = String(
            (await other.PostAsync("/v1/video_generation", new { model = "MiniMax-Hailuo-02", prompt = "x" })).Expect(200)["task_id"]);

        LooksLike(await QueryAsync(Unknown, team), Unknown, await QueryAsync(id, team), id);
        LooksLike(await DeleteAsync(Unknown, team), Unknown, await DeleteAsync(id, team), id);
        LooksLike(await QueryAsync(Unknown, other), Unknown, await QueryAsync(first, other), first); // a task of the first API
        foreach (var none in new[] { "0", "-1", "abc", "99999999999999999999" })
            Envelope(await QueryAsync(none), 400, "bad_request_error", 2013);
        LooksLike(
            await team.PostAsync("/v2/video_regeneration", $$"""{"task_id":"{{Unknown}}"}"""), Unknown,
            await team.PostAsync("/v2/video_regeneration", $$"""{"task\u005fid":"{{id}}"}"""), id);
        Assert.Equal("running", String((await QueryAsync(id, other)).Expect(200)["task"]!["status"]));
        Assert.Equal(200, (await QueryAsync(id)).Status); // admins see all
    }

    [Fact]
    public async Task A_regeneration_runs_where_its_task_ran()
    {
        await AddAccountAsync("key-a", 3);
        await AddAccountAsync("key-b", 3);
        var id = await SubmitAsync();
        Sim.FinishAllTasks();
        await EndAsync(id);
        var (key, vendors) = (Sim.Ledger.Tasks()[0].Key, Sim.Ledger.Tasks()[0].TaskId);

        for (var i = 0; i < 4; i++)
        {
            var again = String(
                (await Admin.PostAsync("/v2/video_regeneration", $$"""{"model":"MiniMax-H3", "task_id" : "{{id}}","x":1.0}""")).Expect(200)["task_id"]);
            Assert.Equal(
                ($$"""{"model":"MiniMax-H3", "task_id" : "{{vendors}}","x":1.0}""", key),
                (Latest(Operation.VideoRegenerationSubmit).Body, Latest(Operation.VideoRegenerationSubmit).Key));
            Assert.Equal("regeneration", String((await QueryAsync(again)).Expect(200)["task"]!["task_type"]));
            Sim.FinishAllTasks();
            await EndAsync(again);
            var done = (await QueryAsync(again)).Expect(200)["task"]!;
            Assert.Equal((again, "succeeded", "regeneration"), (String(done["id"]), String(done["status"]), String(done["task_type"])));
        }

        Assert.Equal(4, (await ListAsync("?filter.task_type=regeneration")).Total);
        VendorNeverSaw(id);
    }

    [Fact]
    public async Task A_context_is_a_task_of_its_own_type()
    {
        await AddAccountAsync("key-a");
        var id = String((await Admin.PostAsync("/v2/h3_context_ir", Body())).Expect(200)["task_id"]);
        Assert.Equal(Body(), Latest(Operation.VideoContextSubmit).Body);
        Assert.Equal("h3_context_ir", String((await QueryAsync(id)).Expect(200)["task"]!["task_type"]));
        Sim.FinishAllTasks();
        await EndAsync(id);
        Assert.Equal(
            ("h3_context_ir", "succeeded"),
            (String((await QueryAsync(id))["task"]!["task_type"]), String((await QueryAsync(id))["task"]!["status"])));
        Assert.Equal([id], (await ListAsync("?filter.task_type=h3_context_ir")).Ids);
    }

    [Fact]
    public async Task Tasks_outlive_a_restart()
    {
        await AddAccountAsync("key-a");
        var id = await SubmitAsync();

        await Gateway.RestartAsync();

        Assert.Equal("running", String((await QueryAsync(id)).Expect(200)["task"]!["status"]));
        Sim.FinishAllTasks();
        await EndAsync(id);
        Assert.Equal("succeeded", String((await QueryAsync(id)).Expect(200)["task"]!["status"]));
    }

    [Fact]
    public async Task The_job_API_takes_the_same_body()
    {
        await AddAccountAsync("key-a");
        var submitted = (await Admin.PostAsync("/v1/jobs", $$"""{"kind":"video","request":{{Body()}}}""")).Expect(202).Text("id");
        await WaitForAsync(submitted, "running");
        Assert.Equal(Body(), Latest(Operation.VideoV2Submit).Body);
        Sim.FinishAllTasks();

        var job = await EndAsync(submitted);

        Assert.Equal(
            ("succeeded", submitted, "succeeded"),
            (job.Text("status"), job["result"]!["task"]!["id"]!.ToString(), job["result"]!["task"]!["status"]!.ToString()));
        Assert.Equal("succeeded", String((await QueryAsync(submitted)).Expect(200)["task"]!["status"]));
    }
}
