using System.Text.Json.Nodes;
using Gateway.Api.Tests.Support;
using Gateway.Simulator;

namespace Gateway.Api.Tests.Jobs;

/// <summary>The gateway's own job API.</summary>
public abstract class JobContract : GatewayTest
{
    private protected JobContract(TestData data)
        : base(data)
    {
    }

    private static string[] Ids(Answer page) => [.. page.Json["jobs"]!.AsArray().Select(job => job!["id"]!.ToString())];

    [Fact]
    public async Task A_submit_answers_202_with_location_and_the_jobs_json()
    {
        var account = await AddAccountAsync("key-a", 1);
        var answer = (await Admin.PostAsync("/v1/jobs", VideoJob(priority: 7))).Expect(202);

        var id = answer.Text("id");
        Assert.Equal($"/v1/jobs/{id}", answer.Header("Location"));
        Assert.Equal(("video", 7), (answer.Text("kind"), answer["priority"]!.GetValue<int>()));
        Assert.Contains(answer.Text("status"), new[] { "queued", "submitting" });
        var job = await WaitForAsync(id, "running");
        string[] fields =
        [
            "id", "kind", "model", "status", "reason", "priority", "attempt", "createdAt", "startedAt", "finishedAt", "progress",
            "position", "etaSeconds", "result", "error", "credits", "replyUrl", "replyRef", "links"
        ];
        Assert.All(fields, field => Assert.True(job.Json.ContainsKey(field), $"No '{field}' in {job.Body}"));
        Assert.Equal((account, 1), (job.Text("account"), job["attempt"]!.GetValue<int>()));
        Assert.Equal(30, job["credits"]!["reserved"]!.GetValue<int>());
        Assert.Null(job["result"]);

        Sim.FinishAllTasks();
        var done = await EndAsync(id);
        Assert.Equal(("succeeded", 30), (done.Text("status"), done["credits"]!["charged"]!.GetValue<int>()));
        Assert.Equal("Success", done["result"]!["status"]!.ToString());
        Assert.NotNull(done["finishedAt"]);
        Assert.Null(done["error"]);
        Assert.Equal($"/v1/jobs/{id}/result", done["links"]!["result"]!.ToString());
        Assert.True(JsonNode.DeepEquals(done["result"], (await Admin.GetAsync($"/v1/jobs/{id}/result")).Expect(200).Json));
    }

    [Fact]
    public async Task D7_a_job_names_its_model_and_to_admins_its_team_and_lists_are_filtered_by_model_and_time()
    {
        await AddAccountAsync("key-a", 3);
        var team = await AddTeamAsync("blue");
        var first = (await team.PostAsync("/v1/jobs", VideoJob(model: "MiniMax-Hailuo-02"))).Expect(202);
        Assert.Equal(("MiniMax-Hailuo-02", null), (first.Text("model"), first["team"]));
        var seen = (await JobAsync(first.Text("id"))).Text("team");
        Assert.StartsWith("team_", seen, StringComparison.Ordinal);
        Assert.Null((await team.GetAsync($"/v1/jobs/{first.Text("id")}"))["team"]);
        var other = (await team.PostAsync("/v1/jobs", VideoJob(model: "MiniMax-Hailuo-2.3"))).Expect(202).Text("id");

        Assert.Equal([other], await ListedAsync(team, "model=MiniMax-Hailuo-2.3"));
        Assert.Empty(await ListedAsync(team, "model=minimax-hailuo-2.3"));
        var (made, later) = (first.Text("createdAt"), "2120-01-01T00:00:00Z");
        Assert.Equal(
            [other, first.Text("id")],
            await ListedAsync(team, $"since={DateTimeOffset.Parse(made, null).AddSeconds(-1):yyyy-MM-ddTHH:mm:ss.fffZ}&until={later}"));
        Assert.Empty(await ListedAsync(team, $"since={later}"));
        Assert.Empty(await ListedAsync(team, "until=2025-01-01T00:00:00Z"));
        Assert.Equal([first.Text("id")], await ListedAsync(team, $"until={later}&before={other}"));
        Assert.Empty(await ListedAsync(team, $"error=hard_end&since={made}"));
        (await team.GetAsync("/v1/jobs?since=yesterday&until=now")).ExpectProblem(400, "invalid_request", "since", "RFC 3339").ExpectProblem(400, "invalid_request", "until", "RFC 3339");
    }

    private static async Task<IEnumerable<string>> ListedAsync(Client team, string query) =>
        (await team.GetAsync($"/v1/jobs?{query}")).Expect(200)["jobs"]!.AsArray().Select(job => job!["id"]!.ToString());

    [Fact]
    public async Task A_chat_job_ends_with_the_vendors_answer()
    {
        await AddAccountAsync("key-a");
        var done = (
            await Admin.PostAsync(
                "/v1/jobs",
                new { kind = "chat", request = new { model = "MiniMax-M2", messages = new[] { new { role = "user", content = "hi" } } } },
                ("Prefer", "wait=20"))).Expect(200);
        Assert.Equal("succeeded", done.Text("status"));
        Assert.Equal("Echo: hi", done["result"]!["choices"]![0]!["message"]!["content"]!.ToString());
        Assert.Equal(0, done["credits"]!["charged"]!.GetValue<int>());
    }

    [Fact]
    public async Task A_result_above_16_KB_is_a_link_and_arrives_whole()
    {
        await AddAccountAsync("key-a");
        var content = new string('x', 200_000);
        var done = (
            await Admin.PostAsync(
                "/v1/jobs",
                new { kind = "chat", request = new { model = "MiniMax-M2", messages = new[] { new { role = "user", content } } } },
                ("Prefer", "wait=20"))).Expect(200);
        Assert.Equal($"/v1/jobs/{done.Text("id")}/result", done["result"]!["href"]!.ToString());
        Assert.Equal("application/json", done["result"]!["type"]!.ToString());
        var result = (await Admin.GetAsync(done["result"]!["href"]!.ToString())).Expect(200);
        Assert.Equal(done["result"]!["bytes"]!.GetValue<long>(), result.Bytes.Length);
        Assert.Equal($"Echo: {content}", result["choices"]![0]!["message"]!["content"]!.ToString());
    }

    [Fact]
    public async Task A_result_that_is_no_clean_text_can_still_be_read()
    {
        await AddAccountAsync("key-a");
        const string Odd =
            """{"choices":[{"message":{"content":"half \ud800 and nul \u0000"}}],"base_resp":{"status_code":0,"status_msg":""}}""";
        Sim.Script.Next(Operation.Chat, new FaultEffect.HttpStatus(200, Odd, "application/json"));
        var done = (
            await Admin.PostAsync(
                "/v1/jobs",
                new { kind = "chat", request = new { model = "MiniMax-M2", messages = new[] { new { role = "user", content = "x" } } } },
                ("Prefer", "wait=20"))).Expect(200);
        Assert.Equal("succeeded", (await JobAsync(done.Text("id"))).Text("status"));
        Assert.Equal(Odd, (await Admin.GetAsync($"/v1/jobs/{done.Text("id")}/result")).Expect(200).Body);
        using var events = new SseReader(await Admin.OpenAsync(HttpMethod.Get, $"/v1/jobs/{done.Text("id")}/events"), Patience);
        Assert.Equal("job.succeeded", (await events.AllAsync())[^1].Name);
    }

    [Fact]
    public async Task A_job_without_a_result_has_none_to_give()
    {
        await AddAccountAsync("key-a");
        var id = await SubmitVideoAsync();
        await WaitForAsync(id, "running");
        (await Admin.GetAsync($"/v1/jobs/{id}/result")).ExpectProblem(409, "job_not_succeeded");
        (await Admin.GetAsync("/v1/jobs/1/result")).ExpectProblem(404, "job_not_found", "id");
    }

    [Fact]
    public async Task Lists_are_paged_newest_first_and_filtered()
    {
        var account = await AddAccountAsync("key-a", 2);
        List<string> ids = [];
        for (var i = 0; i < 7; i++) ids.Add(await SubmitVideoAsync($"p{i}"));
        ids.Reverse();
        await WaitForAsync(ids[^1], "running");
        await WaitForAsync(ids[^2], "running");

        List<string> seen = [];
        string? next = null;
        do
        {
            var page = (await Admin.GetAsync($"/v1/jobs?limit=3{(next is null ? "" : $"&before={next}")}")).Expect(200);
            Assert.InRange(Ids(page).Length, 1, 3);
            seen.AddRange(Ids(page));
            next = page["next"]?.ToString();
        }
        while (next is not null);
        Assert.Equal(ids, seen);

        Assert.Equal(ids[..5], Ids(await Admin.GetAsync("/v1/jobs?status=queued")));
        Assert.Equal(ids[5..], Ids(await Admin.GetAsync("/v1/jobs?status=running&kind=video")));
        Assert.Empty(Ids(await Admin.GetAsync("/v1/jobs?kind=chat")));
        Assert.Equal(ids[5..], Ids(await Admin.GetAsync($"/v1/jobs?account={account}")));
        Assert.Null((await Admin.GetAsync("/v1/jobs?limit=7"))["next"]);
        foreach (var (query, field, rule) in new[]
        {
            ("limit=0", "limit", "1 to 200"), ("limit=201", "limit", "1 to 200"), ("limit=x", "limit", "whole number"),
            ("limit=1&limit=2", "limit", "whole number"), ("status=done", "status", "queued"),
            ("kind=fax", "kind", "video"), ("before=x", "before", "next"), ("account=abc", "account", "digits"),
        }) (await Admin.GetAsync($"/v1/jobs?{query}")).ExpectProblem(400, "invalid_request", field, rule);
    }

    [Fact]
    public async Task A_long_poll_ends_with_the_jobs_end_or_with_a_newer_seq()
    {
        await AddAccountAsync("key-a");
        var id = await SubmitVideoAsync();
        var running = await WaitForAsync(id, "running");
        Assert.Equal(3, running["seq"]!.GetValue<long>());

        var byEnd = Admin.GetAsync($"/v1/jobs/{id}?wait=20");
        var bySeq = Admin.GetAsync($"/v1/jobs/{id}?wait=20&after=3");
        Assert.Equal("running", (await Admin.GetAsync($"/v1/jobs/{id}?wait=20&after=2")).Text("status"));
        Assert.Equal("running", (await Admin.GetAsync($"/v1/jobs/{id}?wait=1")).Text("status"));
        Assert.False(byEnd.IsCompleted || bySeq.IsCompleted);
        Sim.FinishAllTasks();
        Assert.Equal("succeeded", (await byEnd).Text("status"));
        Assert.Equal("succeeded", (await bySeq).Text("status"));
        Assert.Equal("succeeded", (await Admin.GetAsync($"/v1/jobs/{id}?wait=20&after=99")).Text("status"));

        foreach (var (query, field) in new[] { ("wait=61", "wait"), ("wait=-1", "wait"), ("wait=", "wait"), ("wait=1.5", "wait"), ("wait=1&after=x", "after"), ("after=99999999999999999999", "after") })
            (await Admin.GetAsync($"/v1/jobs/{id}?{query}")).ExpectProblem(400, "invalid_request", field, "whole number");
    }

    [Fact]
    public async Task Prefer_wait_answers_200_with_the_result_or_202_with_the_job_as_it_stands()
    {
        await AddAccountAsync("key-a", 2);
        var late = (await Admin.PostAsync("/v1/jobs", VideoJob("late"), ("Prefer", "respond-async, wait=1"))).Expect(202);
        Assert.Equal("running", late.Text("status"));

        var waited = Admin.PostAsync("/v1/jobs", VideoJob("waited"), ("Prefer", "wait=20"));
        await Sim.WaitForAcceptedAsync(2, Patience);
        Sim.FinishAllTasks();
        var done = (await waited).Expect(200);
        Assert.Equal(("succeeded", "Success"), (done.Text("status"), done["result"]!["status"]!.ToString()));
        (await Admin.PostAsync("/v1/jobs", VideoJob(), ("Prefer", "wait=soon"))).ExpectProblem(400, "invalid_request", "Prefer", "whole seconds");
    }

    [Fact]
    public async Task P5_the_same_key_and_body_give_the_same_answer_even_after_a_restart()
    {
        await AddAccountAsync("key-a", 2);
        var team = await AddTeamAsync("blue");
        var first = (await team.PostAsync("/v1/jobs", VideoJob("once"), ("Idempotency-Key", "order-1"))).Expect(202);
        Assert.Null(first.Header("Idempotency-Replayed"));
        Sim.FinishAllTasks();
        await EventuallyAsync(async () => Sim.FinishAllTasks() >= 0 && (await JobAsync(first.Text("id"))).Text("status") == "succeeded");

        for (var round = 0; round < 2; round++)
        {
            var again = await team.PostAsync("/v1/jobs", VideoJob("once"), ("Idempotency-Key", "order-1"));
            Assert.Equal(
                (202, first.Body, "true", first.Header("Location")),
                (again.Status, again.Body, again.Header("Idempotency-Replayed"), again.Header("Location")));
            (await team.PostAsync("/v1/jobs", VideoJob("twice"), ("Idempotency-Key", "order-1"))).ExpectProblem(422, "idempotency_key_reused", "Idempotency-Key");
            await Gateway.RestartAsync();
        }

        Assert.Equal(1, Sim.Ledger.Accepted);
        Assert.Single(Ids(await Admin.GetAsync("/v1/jobs")));
    }

    [Fact]
    public async Task P5_a_key_is_its_teams_own()
    {
        await AddAccountAsync("key-a", 2);
        var blue = await AddTeamAsync("blue");
        var mine = (await Admin.PostAsync("/v1/jobs", VideoJob("mine"), ("Idempotency-Key", "k"))).Expect(202).Text("id");
        var theirs = (await blue.PostAsync("/v1/jobs", VideoJob("theirs"), ("Idempotency-Key", "k"))).Expect(202).Text("id");
        Assert.NotEqual(mine, theirs);
    }

    [Fact]
    public async Task P5_an_admins_answer_is_given_again_as_his_team_may_see_it()
    {
        var account = await AddAccountAsync("key-a");
        var team = As((await Admin.PostAsync("/v1/admin/teams/default/tokens", new { })).Expect(201).Text("token"));
        var chat = new
        {
            kind = "chat",
            request = new { model = "MiniMax-M2", messages = new[] { new { role = "user", content = "hi" } } },
        };
        (string, string)[] headers = [("Idempotency-Key", "k"), ("Prefer", "wait=20")];
        var first = (await Admin.PostAsync("/v1/jobs", chat, headers)).Expect(200);
        Assert.Equal(account, first.Text("account"));

        var again = (await team.PostAsync("/v1/jobs", chat, headers)).Expect(200);
        Assert.Equal((first.Text("id"), "true"), (again.Text("id"), again.Header("Idempotency-Replayed")));
        Assert.False(again.Json.ContainsKey("account"));
        Assert.Equal(again.Body, (await Admin.PostAsync("/v1/jobs", chat, headers)).Expect(200).Body);
    }

    [Fact]
    public async Task P5_while_the_first_is_being_answered_a_second_is_a_409()
    {
        await AddAccountAsync("key-a");
        var team = await AddTeamAsync("blue");
        var first = team.PostAsync("/v1/jobs", VideoJob(), ("Idempotency-Key", "k"), ("Prefer", "wait=20"));
        await Sim.WaitForAcceptedAsync(1, Patience);
        var second = (
            await team.PostAsync(
                "/v1/jobs", VideoJob(), ("Idempotency-Key", "k"),
                ("Prefer", "wait=20"))).ExpectProblem(409, "idempotency_in_flight", "Idempotency-Key");
        Assert.NotNull(second.Header("Retry-After"));
        Sim.FinishAllTasks();
        var answered = (await first).Expect(200);
        Assert.Equal(answered.Body, (await team.PostAsync("/v1/jobs", VideoJob(), ("Idempotency-Key", "k"))).Expect(200).Body);
        Assert.Equal(1, Sim.Ledger.Accepted);
    }

    [Fact]
    public async Task P5_many_submits_at_once_under_one_key_make_one_job()
    {
        await AddAccountAsync("key-a", 10);
        var answers = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(_ => Admin.PostAsync("/v1/jobs", VideoJob(), ("Idempotency-Key", "k"))));
        Assert.All(answers, answer => Assert.Contains(answer.Status, new[] { 202, 409 }));
        Assert.Single(answers.Where(answer => answer.Status == 202).Select(answer => answer.Text("id")).Distinct());
        Assert.Single(Ids(await Admin.GetAsync("/v1/jobs")));
    }

    [Fact]
    public async Task P5_a_refusal_uses_no_key()
    {
        (string, string) key = ("Idempotency-Key", "k");
        (await Admin.PostAsync("/v1/jobs", VideoJob(), key)).ExpectProblem(422, "no_account_can_serve");
        (await Admin.PostAsync("/v1/jobs", new { kind = "video", request = new { prompt = "x" } }, key)).ExpectProblem(400, "invalid_request", "request.model");
        await AddAccountAsync("key-a");
        var blocker = await SubmitVideoAsync("blocker");
        await WaitForAsync(blocker, "running");
        (await Admin.PostAsync("/v1/jobs", VideoJob("other"), key, ("Gateway-Queue", "off"))).ExpectProblem(429, "no_free_account");
        (await Admin.PostAsync("/v1/jobs", VideoJob(), key)).Expect(202);
        foreach (var wrong in new[] { "", " ", new string('k', 256) })
            (await Admin.PostAsync("/v1/jobs", VideoJob(), ("Idempotency-Key", wrong))).ExpectProblem(400, "invalid_request", "Idempotency-Key", "255");
    }

    [Fact]
    public async Task P5_a_replay_finds_its_job_when_no_account_is_left()
    {
        var account = await AddAccountAsync("key-a");
        var first = (await Admin.PostAsync("/v1/jobs", VideoJob(), ("Idempotency-Key", "k"))).Expect(202);
        (await Admin.DeleteAsync($"/v1/minimax/accounts/{account}")).Expect(200);
        var again = (await Admin.PostAsync("/v1/jobs", VideoJob(), ("Idempotency-Key", "k"))).Expect(202);
        Assert.Equal(first.Text("id"), again.Text("id"));
        (await Admin.PostAsync("/v1/jobs", VideoJob("other"), ("Idempotency-Key", "k"))).ExpectProblem(422, "idempotency_key_reused");
    }

    [Fact]
    public async Task J6_what_no_account_could_ever_serve_is_refused_with_the_reason()
    {
        static void Reason(Answer refused, string words) =>
            Assert.Contains(words, refused.ExpectProblem(422, "no_account_can_serve").Text("detail"), StringComparison.Ordinal);
        static object Pinned(string account) =>
            new { kind = "video", account, request = new { model = "MiniMax-Hailuo-02", prompt = "x" } };

        Reason(await Admin.PostAsync("/v1/jobs", VideoJob()), "There is no account.");
        await AddAccountAsync("key-web", 1, ("driver", "hailuo-web"));
        Reason(await Admin.PostAsync("/v1/jobs", VideoJob()), "No account has an enabled driver for kind 'video'.");
        var id = await AddAccountAsync("key-a", 1, ("models", new[] { "T2V-01" }));
        Reason(await Admin.PostAsync("/v1/jobs", VideoJob()), "has a model list without 'MiniMax-Hailuo-02'");
        Reason(await Admin.PostAsync("/v1/jobs", Pinned("77")), "pinned account");
        Reason(await Admin.PostAsync("/v1/jobs", Pinned(id)), "model list");
        var open = await AddAccountAsync("key-b");
        (await Admin.PostAsync("/v1/jobs", VideoJob())).Expect(202);
        (await Admin.PostAsync("/v1/jobs", Pinned(open))).Expect(202);
    }

    [Fact]
    public async Task Fields_not_built_yet_are_answered_501_and_unknown_ones_400()
    {
        await AddAccountAsync("key-a");
        var job = System.Text.Json.JsonSerializer.SerializeToNode(VideoJob())!.AsObject();
        var odd = job.DeepClone().AsObject();
        odd["colour"] = "red";
        (await Admin.PostAsync("/v1/jobs", odd)).ExpectProblem(400, "invalid_request", "colour", "no field of a job");
        (await Admin.PostAsync("/v1/jobs", new { kind = "speech", request = new { model = "m", text = "t", stream = true } })).ExpectProblem(501, "not_implemented", "request.stream");
        foreach (var (body, field, rule) in new (object, string, string)[]
        {
            (new { request = new { model = "m" } }, "kind", "video"),
            (new { kind = "fax", request = new { model = "m" } }, "kind", "video"),
            (new { kind = 3 }, "kind", "string"),
            (new { kind = "video" }, "request", "object"),
            (new { kind = "video", request = "x" }, "request", "object"),
            (new { kind = "video", request = new { } }, "request.model", "string"),
            (new { kind = "video", request = new { model = 5 } }, "request.model", "string"),
            (new { kind = "video", priority = 10, request = new { model = "m" } }, "priority", "0 to 9"),
            (new { kind = "video", priority = "5", request = new { model = "m" } }, "priority", "integer"),
            (new { kind = "video", account = "x", request = new { model = "m" } }, "account", "digits"),
            (new { kind = "video", request = new { model = new string('m', 129) } }, "request.model", "128"),
        }) (await Admin.PostAsync("/v1/jobs", body)).ExpectProblem(400, "invalid_request", field, rule);
        (await Admin.PostAsync("/v1/jobs", VideoJob(), ("Gateway-Queue", "maybe"))).ExpectProblem(400, "invalid_request", "Gateway-Queue", "on");
        Assert.Empty(Ids(await Admin.GetAsync("/v1/jobs")));
    }

    [Fact]
    public async Task Q2_higher_priority_runs_first_and_equals_in_the_order_they_came()
    {
        await AddAccountAsync("key-a");
        await WaitForAsync(await SubmitVideoAsync("blocker"), "running");
        var ids = new Dictionary<string, string>();
        foreach (var (prompt, priority) in new[] { ("low", 0), ("first", 5), ("second", 5), ("urgent", 9), ("third", 5) })
            ids[prompt] = await SubmitVideoAsync(prompt, priority);
        Assert.Equal(1, (await JobAsync(ids["urgent"]))["position"]!.GetValue<int>());
        Assert.Equal(3, (await JobAsync(ids["second"]))["position"]!.GetValue<int>());
        Assert.Equal(5, (await JobAsync(ids["low"]))["position"]!.GetValue<int>());

        for (var done = 1; done <= 5; done++)
        {
            Sim.FinishAllTasks();
            await Sim.WaitForAcceptedAsync(done + 1, Patience);
        }

        Assert.Equal(["blocker", "urgent", "first", "second", "third", "low"], Sim.Ledger.Tasks().Select(task => task.Prompt));
        Assert.Equal(1, Sim.Ledger.Key("key-a").MaxConcurrentTasks);
    }

    [Fact]
    public async Task A_full_lane_blocks_no_other()
    {
        await AddAccountAsync("key-a", 1, ("models", new[] { "MiniMax-Hailuo-02" }));
        await AddAccountAsync("key-b", 1, ("models", new[] { "T2V-01" }));
        await WaitForAsync(await SubmitVideoAsync("full"), "running");
        for (var i = 0; i < 70; i++) await SubmitVideoAsync($"waits {i}", priority: 9);

        await WaitForAsync(await SubmitVideoAsync("free", priority: 0, model: "T2V-01"), "running");
        Assert.Equal(2, Sim.Ledger.Accepted);
    }

    [Fact]
    public async Task A_queued_job_is_cancelled_at_once_and_never_sent()
    {
        await AddAccountAsync("key-a");
        await WaitForAsync(await SubmitVideoAsync("blocker"), "running");
        var id = await SubmitVideoAsync("unwanted");

        var cancelled = (await Admin.PostAsync($"/v1/jobs/{id}/cancel")).Expect(200);
        Assert.Equal("cancelled", cancelled.Text("status"));
        Assert.Equal(0, cancelled["credits"]!["reserved"]!.GetValue<int>());
        Sim.FinishAllTasks();
        await WaitForAsync(await SubmitVideoAsync("next"), "running");
        Assert.Equal(["blocker", "next"], Sim.Ledger.Tasks().Select(task => task.Prompt));
    }

    [Fact]
    public async Task L4_a_running_job_that_is_cancelled_keeps_its_slot_until_the_upstream_is_done()
    {
        var account = await AddAccountAsync("key-a", 1, ("dailyCredits", 100));
        var id = await SubmitVideoAsync("cancelled");
        await WaitForAsync(id, "running");
        var next = await SubmitVideoAsync("next");

        Assert.Equal("cancelled", (await Admin.PostAsync($"/v1/jobs/{id}/cancel")).Expect(200).Text("status"));
        Assert.Equal("queued", (await JobAsync(next)).Text("status"));
        Assert.Single((await AccountAsync(account))["leases"]!.AsArray());

        Sim.FinishAllTasks();
        await WaitForAsync(next, "running");
        Assert.Equal(1, Sim.Ledger.Key("key-a").MaxConcurrentTasks);
        Assert.Equal("cancelled", (await JobAsync(id)).Text("status"));
        Assert.Equal(30, (await AccountAsync(account))["credits"]!["used"]!.GetValue<int>());
        Assert.Equal(30, (await JobAsync(id))["credits"]!["charged"]!.GetValue<int>());
    }

    [Fact]
    public async Task J1_a_cancel_while_the_request_is_being_sent_is_applied_when_the_answer_is_there()
    {
        var account = await AddAccountAsync("key-a");
        using var held = Sim.Hold(Operation.VideoSubmit);
        var id = await SubmitVideoAsync();
        await Sim.WaitForAcceptedAsync(1, Patience);
        Assert.Equal("submitting", (await Admin.PostAsync($"/v1/jobs/{id}/cancel")).Expect(200).Text("status"));
        held.Release();

        Assert.Equal("cancelled", (await EndAsync(id)).Text("status"));
        Assert.Single((await AccountAsync(account))["leases"]!.AsArray());
        Sim.FinishAllTasks();
        await SlotsAsync(account, 0);
    }

    [Fact]
    public async Task Cancelling_what_has_ended_changes_nothing()
    {
        await AddAccountAsync("key-a");
        var id = await SubmitVideoAsync();
        await WaitForAsync(id, "running");
        Sim.FinishAllTasks();
        var done = await EndAsync(id);
        Assert.Equal(done.Body, (await Admin.PostAsync($"/v1/jobs/{id}/cancel")).Expect(200).Body);
        Assert.Equal(done.Body, (await Admin.PostAsync($"/v1/jobs/{id}/cancel")).Expect(200).Body);
        (await Admin.PostAsync("/v1/jobs/1/cancel")).ExpectProblem(404, "job_not_found");
    }
}

public sealed class SqliteJobs() : JobContract(new SqliteData());

public sealed class PostgresJobs() : JobContract(new PostgresData());
