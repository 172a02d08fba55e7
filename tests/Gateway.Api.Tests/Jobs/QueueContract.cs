using System.Text.Json.Nodes;
using Gateway.Api.Tests.Support;
using Gateway.Engine.Storage;
using Gateway.Simulator;

namespace Gateway.Api.Tests.Jobs;

/// <summary>The queue as callers meet it: times, shares, limits, dry runs, batches, explanations.</summary>
public abstract class QueueContract : GatewayTest
{
    private protected QueueContract(TestData data)
        : base(data)
    {
    }

    private static string In(TimeSpan span) =>
        (TimeProvider.System.GetUtcNow() + span).ToString(
            "yyyy-MM-dd'T'HH:mm:ss.fffzzz", System.Globalization.CultureInfo.InvariantCulture);

    private static JsonObject Timed(params (string Name, string Value)[] times)
    {
        var job = System.Text.Json.JsonSerializer.SerializeToNode(VideoJob())!.AsObject();
        foreach (var (name, value) in times) job[name] = value;
        return job;
    }

    private async Task<string> SubmitAsync(JsonObject job) => (await Admin.PostAsync("/v1/jobs", job)).Expect(202).Text("id");

    [Fact]
    public async Task D2_a_queued_job_says_in_a_few_words_why_it_waits()
    {
        await AddAccountAsync("key-a");
        await AddAccountAsync("key-b");
        await AddAccountAsync("key-c", 2, ("dailyCredits", 30));
        foreach (var _ in Enumerable.Range(0, 3)) await WaitForAsync(await SubmitVideoAsync(), "running");
        var waits = (await Admin.PostAsync("/v1/jobs", VideoJob())).Expect(202);
        Assert.Equal("2 accounts full, 1 over budget", waits.Text("reason"));
        Assert.Equal("2 accounts full, 1 over budget", (await JobAsync(waits.Text("id"))).Text("reason"));

        await SubmitAsync(Timed(("runAt", In(TimeSpan.FromDays(1)))));
        (await Admin.PostAsync("/v1/admin/queue/pause", new { all = true })).Expect(200);
        Assert.Equal(
            ["waits for runAt", "paused"],
            (await Admin.GetAsync("/v1/jobs?status=queued"))["jobs"]!.AsArray().Select(job => job!["reason"]!.ToString()));
    }

    [Fact]
    public async Task J1_a_job_with_runAt_waits_for_it_on_a_free_account_and_is_woken_exactly_then()
    {
        await AddAccountAsync("key-a");
        var runAt = In(TimeSpan.FromSeconds(1.5));
        var id = await SubmitAsync(Timed(("runAt", runAt)));
        var waiting = await JobAsync(id);
        Assert.Equal(("queued", DateTimeOffset.Parse(runAt, null)), (waiting.Text("status"), waiting["runAt"]!.GetValue<DateTimeOffset>()));
        Assert.Null(waiting["position"]);
        var why = (await Admin.GetAsync($"/v1/jobs/{id}/explain")).Expect(200);
        Assert.Equal("not_before", why.Text("waitsFor"));
        Assert.Contains("runAt", why.Text("sentence"), StringComparison.Ordinal);

        await WaitForAsync(id, "running");
        Assert.True(Sim.Ledger.Requests(Operation.VideoSubmit)[0].ReceivedAt >= DateTimeOffset.Parse(runAt, null).AddMilliseconds(-5));
    }

    [Fact]
    public async Task J1_a_planned_job_survives_a_restart()
    {
        await AddAccountAsync("key-a");
        var id = await SubmitAsync(Timed(("runAt", In(TimeSpan.FromSeconds(1)))));
        await Gateway.RestartAsync();
        await WaitForAsync(id, "running");
    }

    [Fact]
    public async Task J1_startBy_expires_what_still_waits_at_no_cost()
    {
        await AddAccountAsync("key-a");
        await WaitForAsync(await SubmitVideoAsync("blocker"), "running");
        var expired = await EndAsync(await SubmitAsync(Timed(("startBy", In(TimeSpan.FromSeconds(1))))));
        Assert.Equal(
            ("expired", "start_by", 0), (expired.Text("status"), expired.Text("reason"), expired["credits"]!["reserved"]!.GetValue<int>()));
        Assert.Single(Sim.Ledger.Tasks());
    }

    [Fact]
    public async Task J1_L4_finishBy_fails_what_runs_and_its_slot_is_held_to_the_upstreams_end()
    {
        var account = await AddAccountAsync("key-a");
        var id = await SubmitAsync(Timed(("finishBy", In(TimeSpan.FromSeconds(1.5)))));
        await WaitForAsync(id, "running");
        var queued = await SubmitAsync(Timed(("finishBy", In(TimeSpan.FromSeconds(1)))));
        Assert.Equal("expired", (await EndAsync(queued)).Text("status"));
        var failed = await EndAsync(id);
        Assert.Equal(("failed", "finish_by"), (failed.Text("status"), failed["error"]!["code"]!.ToString()));
        await SlotsAsync(account, 1);
        Sim.FinishAllTasks();
        await SlotsAsync(account, 0);
        Assert.Equal(30, (await JobAsync(id))["credits"]!["charged"]!.GetValue<int>());
    }

    [Fact]
    public async Task Times_that_make_no_sense_are_refused_by_name()
    {
        await AddAccountAsync("key-a");
        var (one, two) = (In(TimeSpan.FromHours(1)), In(TimeSpan.FromHours(2)));
        foreach (var (job, field, rule) in new[]
        {
            (Timed(("runAt", "tomorrow")), "runAt", "RFC 3339"), (Timed(("startBy", "2030-01-01")), "startBy", "RFC 3339"),
            (Timed(("finishBy", "2030-01-01T00:00:00")), "finishBy", "RFC 3339"),
            (Timed(("startBy", In(TimeSpan.FromSeconds(-1)))), "startBy", "future"),
            (Timed(("finishBy", In(TimeSpan.FromSeconds(-1)))), "finishBy", "future"),
            (Timed(("runAt", two), ("startBy", one)), "startBy", "later than runAt"),
            (Timed(("startBy", two), ("finishBy", one)), "finishBy", "later than startBy"),
            (Timed(("runAt", two), ("finishBy", one)), "finishBy", "later than runAt"),
            (Timed(("runAt", In(TimeSpan.FromDays(400)))), "runAt", "366 days"),
        }) (await Admin.PostAsync("/v1/jobs", job)).ExpectProblem(400, "invalid_request", field, rule);
        (await Admin.PostAsync("/v1/jobs", Timed(("runAt", one)), ("Gateway-Queue", "off"))).ExpectProblem(400, "invalid_request", "runAt", "Gateway-Queue");
        Assert.Empty((await Admin.GetAsync("/v1/jobs"))["jobs"]!.AsArray());
    }

    [Fact]
    public async Task P5_A_replay_finds_its_job_after_its_deadline()
    {
        await AddAccountAsync("key-a");
        await WaitForAsync(await SubmitVideoAsync("blocker"), "running");
        var job = Timed(("startBy", In(TimeSpan.FromSeconds(1))));
        var id = (await Admin.PostAsync("/v1/jobs", job, ("Idempotency-Key", "k"))).Expect(202).Text("id");
        await EndAsync(id);
        Assert.Equal(id, (await Admin.PostAsync("/v1/jobs", job, ("Idempotency-Key", "k"))).Expect(202).Text("id"));
    }

    [Fact]
    public async Task Q2_a_team_with_many_jobs_makes_another_wait_one_job_at_most()
    {
        await AddAccountAsync("key-a");
        var (a, b) = (await AddTeamAsync("a"), await AddTeamAsync("b"));
        for (var batch = 0; batch < 5; batch++)
            (await a.PostAsync("/v1/jobs/batch", new { jobs = Enumerable.Range(0, 100).Select(i => VideoJob($"a{(batch * 100) + i}")) })).Expect(200);
        await Sim.WaitForAcceptedAsync(1, Patience);
        Sim.FinishAllTasks();
        await Sim.WaitForAcceptedAsync(2, Patience);
        for (var i = 0; i < 5; i++) await SubmitVideoAsync($"b{i}", by: b);

        for (var done = 2; done <= 11; done++)
        {
            Sim.FinishAllTasks();
            await Sim.WaitForAcceptedAsync(done + 1, Patience);
        }

        Assert.Equal(
            ["a0", "a1", "b0", "a2", "b1", "a3", "b2", "a4", "b3", "a5", "b4", "a6"], Sim.Ledger.Tasks().Select(task => task.Prompt));
        Assert.Equal(1, Sim.Ledger.Key("key-a").MaxConcurrentTasks);
    }

    [Fact]
    public async Task Q2_a_job_dearer_than_what_is_left_of_the_budgets_holds_up_nobody_else()
    {
        static object Image(int n) => new { kind = "image", request = new { model = "image-01", prompt = "a calm sea", n } };
        await AddAccountAsync("key-a", 3, ("dailyCredits", 10));
        var (a, b) = (await AddTeamAsync("a"), await AddTeamAsync("b"));
        async Task<string> SubmitAsync(Client team, int n, params (string, string)[] headers) =>
            (await team.PostAsync("/v1/jobs", Image(n), headers)).Expect(202).Text("id");

        await WaitForAsync(await SubmitAsync(a, 5), "succeeded");
        var dear = await SubmitAsync(a, 9);
        await WaitForAsync(await SubmitAsync(b, 1), "succeeded");
        await WaitForAsync(await SubmitAsync(b, 1, ("Gateway-Queue", "off")), "succeeded"); // who does not wait finds the slot free
        await WaitForAsync(await SubmitAsync(a, 1), "succeeded");
        Assert.Equal("queued", (await JobAsync(dear)).Text("status"));
        (await a.PostAsync("/v1/jobs", VideoJob())).ExpectProblem(422, "no_account_can_serve"); // 30 credits, more than any day has
    }

    [Fact]
    public async Task T8_a_refused_submit_leaves_no_body_behind()
    {
        await AddAccountAsync("key-a");
        await WaitForAsync(await SubmitVideoAsync("blocker"), "running");
        var large =
            new { kind = "video", request = new { model = "MiniMax-Hailuo-02", prompt = "x", first_frame_image = $"data:image/png;base64,{new string('A', 100_000)}" } };
        (await Admin.PostAsync("/v1/jobs", large, ("Gateway-Queue", "off"))).ExpectProblem(429, "no_free_account");
        Assert.Equal(0, await Gateway.Services.GetRequiredService<IBodyStore>().SweepAsync(TimeSpan.FromSeconds(-5), Patience));
    }

    [Fact]
    public async Task Q2_shares_follow_the_teams_weights_across_lanes()
    {
        await AddAccountAsync("key-a");
        await WaitForAsync(await SubmitVideoAsync("blocker"), "running");
        var (heavy, light) = (await AddTeamAsync("heavy", weight: 3), await AddTeamAsync("light"));
        for (var i = 0; i < 9; i++)
        {
            await SubmitVideoAsync("light", by: light);
            await SubmitVideoAsync("heavy", by: heavy, model: i % 2 == 0 ? "MiniMax-Hailuo-02" : "MiniMax-Hailuo-2.3");
        }

        for (var done = 1; done <= 8; done++)
        {
            Sim.FinishAllTasks();
            await Sim.WaitForAcceptedAsync(done + 1, Patience);
        }

        Assert.Equal(6, Sim.Ledger.Tasks().Count(task => task.Prompt == "heavy"));
        Assert.Equal(2, Sim.Ledger.Tasks().Count(task => task.Prompt == "light"));
    }

    [Fact]
    public async Task Q3_calls_and_jobs_wait_in_one_order()
    {
        await AddAccountAsync("key-a");
        await WaitForAsync(await SubmitVideoAsync("blocker"), "running");
        var job = await SubmitVideoAsync("before");
        var call = Admin.PostAsync(
            "/v1/text/chatcompletion_v2",
            new { model = "MiniMax-M2", messages = new[] { new { role = "user", content = "hi" } } },
            ("Prefer", "wait=25"));
        await EventuallyAsync(
            async () => (await Nobody.GetAsync("/metrics")).Body.Contains("\ngateway_calls_waiting 1\n", StringComparison.Ordinal));
        var urgent = await SubmitVideoAsync("urgent", priority: 6);

        Sim.FinishAllTasks();
        await WaitForAsync(urgent, "running");
        Sim.FinishAllTasks();
        await WaitForAsync(job, "running");
        Assert.False(call.IsCompleted);
        Sim.FinishAllTasks();
        (await call).Expect(200);
    }

    [Fact]
    public async Task Q3_a_waiting_call_takes_the_slot_that_is_kept_free_of_jobs()
    {
        var account = await AddAccountAsync("key-a", 2);
        (await Admin.PatchAsync($"/v1/admin/accounts/{account}", new { reservedForCalls = 1 })).Expect(200);
        await WaitForAsync(await SubmitVideoAsync("blocker"), "running");
        var chat = new { model = "MiniMax-M2", messages = new[] { new { role = "user", content = "hi" } } };
        using var held = Sim.Hold(Operation.Chat);
        var busy = Admin.PostAsync("/v1/text/chatcompletion_v2", chat);
        await Sim.WaitForAsync(Operation.Chat, 1, Patience);
        var job = await SubmitVideoAsync("waits");
        var chatJob = (await Admin.PostAsync("/v1/jobs", new { kind = "chat", request = chat })).Expect(202).Text("id");
        var call = Admin.PostAsync("/v1/text/chatcompletion_v2", chat, ("Prefer", "wait=25"));
        await EventuallyAsync(
            async () => (await Nobody.GetAsync("/metrics")).Body.Contains("\ngateway_calls_waiting 1\n", StringComparison.Ordinal));
        held.Release();
        (await busy).Expect(200);
        (await call).Expect(200);
        Assert.Equal(("queued", "queued"), ((await JobAsync(job)).Text("status"), (await JobAsync(chatJob)).Text("status")));
        await SlotsAsync(account, 1);
    }

    [Fact]
    public async Task Q3_a_slot_for_a_call_that_has_left_goes_to_the_next()
    {
        var account = await AddAccountAsync("key-a");
        await WaitForAsync(await SubmitVideoAsync("blocker"), "running");
        using var leaving = new CancellationTokenSource();
        var chat = new { model = "MiniMax-M2", messages = new[] { new { role = "user", content = "hi" } } };
        var left = Admin.OpenAsync(HttpMethod.Post, "/v1/text/chatcompletion_v2", chat, [("Prefer", "wait=25")], leaving.Token);
        await EventuallyAsync(
            async () => (await Nobody.GetAsync("/metrics")).Body.Contains("\ngateway_calls_waiting 1\n", StringComparison.Ordinal));
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left);
        var job = await SubmitVideoAsync("next");
        Sim.FinishAllTasks();
        await WaitForAsync(job, "running");
        await SlotsAsync(account, 1);
        Assert.Equal(0, Sim.Ledger.Count(Operation.Chat));
    }

    [Fact]
    public async Task A_full_queue_answers_429_queue_full_and_uses_no_key()
    {
        Gateway["Gateway:Queue:MaxJobsPerTeam"] = "2";
        Gateway["Gateway:Queue:MaxJobs"] = "3";
        await Gateway.RestartAsync();
        await AddAccountAsync("key-a");
        await WaitForAsync(await SubmitVideoAsync("blocker"), "running");
        var team = await AddTeamAsync("a");
        await SubmitVideoAsync(by: team);
        var replayed = (await team.PostAsync("/v1/jobs", VideoJob(), ("Idempotency-Key", "first"))).Expect(202).Text("id");
        var full = (await team.PostAsync("/v1/jobs", VideoJob("more"), ("Idempotency-Key", "k"))).ExpectProblem(429, "queue_full");
        Assert.Contains("2 jobs", full.Text("detail"), StringComparison.Ordinal);
        Assert.Equal("30", full.Header("Retry-After"));
        Assert.Equal(replayed, (await team.PostAsync("/v1/jobs", VideoJob(), ("Idempotency-Key", "first"))).Expect(202).Text("id"));

        await SubmitVideoAsync();
        (await Admin.PostAsync("/v1/jobs", VideoJob())).ExpectProblem(429, "queue_full");
        Assert.Equal(3, (await Admin.GetAsync("/v1/jobs?status=queued"))["jobs"]!.AsArray().Count);
    }

    [Fact]
    public async Task Submits_at_the_same_moment_overshoot_the_limit_by_less_than_their_number()
    {
        const int Limit = 5, AtOnce = 4;
        Gateway["Gateway:Queue:MaxJobs"] = $"{Limit}";
        await Gateway.RestartAsync();
        await AddAccountAsync("key-a");
        await WaitForAsync(await SubmitVideoAsync("blocker"), "running");
        var submits = Enumerable.Range(0, AtOnce).Select(async _ =>
        {
            var statuses = new List<int>();
            for (var i = 0; i < 2 * Limit; i++) statuses.Add((await Admin.PostAsync("/v1/jobs", VideoJob())).Status);
            return statuses;
        });
        var answers = (await Task.WhenAll(submits)).SelectMany(statuses => statuses).ToList();

        var accepted = answers.Count(status => status == 202);
        Assert.InRange(accepted, Limit, Limit + AtOnce - 1);
        Assert.Equal(answers.Count, accepted + answers.Count(status => status == 429));
        Assert.Equal(accepted, (await Admin.GetAsync("/v1/jobs?status=queued"))["jobs"]!.AsArray().Count);
        (await Admin.PostAsync("/v1/jobs", VideoJob())).ExpectProblem(429, "queue_full");
    }

    [Fact]
    public async Task A_dry_run_tells_cost_and_accounts_and_makes_nothing()
    {
        var account = await AddAccountAsync("key-a");
        var team = await AddTeamAsync("a");
        var free = (await team.PostAsync("/v1/jobs?dryRun=true", VideoJob(), ("Idempotency-Key", "k"))).Expect(200);
        Assert.Equal(
            (true, false, 30),
            (free["wouldStart"]!.GetValue<bool>(), free["wouldQueue"]!.GetValue<bool>(), free["credits"]!["ceiling"]!.GetValue<int>()));
        Assert.Equal((1, 1), (free["accounts"]!["free"]!.GetValue<int>(), free["accounts"]!["possible"]!.GetValue<int>()));
        Assert.DoesNotContain(account, free.Body, StringComparison.Ordinal);
        Assert.Empty((await Admin.GetAsync("/v1/jobs"))["jobs"]!.AsArray());

        await WaitForAsync(await SubmitVideoAsync("blocker"), "running");
        var full = (await Admin.PostAsync("/v1/jobs?dryRun=true", VideoJob())).Expect(200);
        Assert.Equal((false, true), (full["wouldStart"]!.GetValue<bool>(), full["wouldQueue"]!.GetValue<bool>()));
        Assert.Equal(
            (account, "no_free_slot"),
            (full["accounts"]!["list"]![0]!["account"]!.ToString(), full["accounts"]!["list"]![0]!["reason"]!.ToString()));
        Assert.Equal(
            "no_free_account",
            (await Admin.PostAsync("/v1/jobs?dryRun=true", VideoJob(), ("Gateway-Queue", "off"))).Expect(200)["error"]!["code"]!.ToString());

        (await Admin.PatchAsync($"/v1/admin/accounts/{account}", new { models = new[] { "other" } })).Expect(200);
        var never = (await team.PostAsync("/v1/jobs?dryRun=true", VideoJob())).Expect(200);
        Assert.Equal(("no_account_can_serve", 0), (never["error"]!["code"]!.ToString(), never["accounts"]!["possible"]!.GetValue<int>()));
        (await team.PostAsync("/v1/jobs?dryRun=maybe", VideoJob())).ExpectProblem(400, "invalid_request", "dryRun");
        (await team.PostAsync("/v1/jobs?dryRun=true", new { kind = "fax" })).ExpectProblem(400, "invalid_request", "kind");
    }

    [Fact]
    public async Task A_batch_answers_each_submit_in_order_and_again_the_same()
    {
        await AddAccountAsync("key-a", 2);
        object[] jobs = [VideoJob("one"), new { kind = "fax" }, VideoJob("two", priority: 7)];
        var first = (await Admin.PostAsync("/v1/jobs/batch", new { jobs }, ("Idempotency-Key", "batch"))).Expect(200);
        var items = first["items"]!.AsArray();
        Assert.Equal([202, 400, 202], items.Select(item => item!["status"]!.GetValue<int>()));
        Assert.Equal(
            ("invalid_request", "kind"),
            (items[1]!["error"]!["code"]!.ToString(), items[1]!["error"]!["errors"]![0]!["field"]!.ToString()));
        Assert.Equal(7, items[2]!["job"]!["priority"]!.GetValue<int>());

        var again = (await Admin.PostAsync("/v1/jobs/batch", new { jobs }, ("Idempotency-Key", "batch"))).Expect(200);
        Assert.Equal("true", again.Header("Idempotency-Replayed"));
        Assert.Equal(IdsOf(first), IdsOf(again));
        jobs[2] = VideoJob("another");
        Assert.Equal(
            422,
            (await Admin.PostAsync("/v1/jobs/batch", new { jobs }, ("Idempotency-Key", "batch"))).Expect(200)["items"]![2]!["status"]!.GetValue<int>());
        Assert.Equal(2, (await Admin.GetAsync("/v1/jobs"))["jobs"]!.AsArray().Count);

        foreach (var (body, field) in new (object, string)[]
        {
            (new { }, "jobs"), (new { jobs = Array.Empty<object>() }, "jobs"), (new { jobs = "x" }, "jobs"),
            (new { jobs = new[] { 1 } }, "jobs"), (new { jobs = Enumerable.Repeat(VideoJob(), 101) }, "jobs"), (new { job = 1 }, "job"),
        }) (await Admin.PostAsync("/v1/jobs/batch", body)).ExpectProblem(400, "invalid_request", field);

        static string[] IdsOf(Answer batch) =>
            [.. batch["items"]!.AsArray().Where(item => item!["job"] is not null).Select(item => item!["job"]!["id"]!.ToString())];
    }

    [Fact]
    public async Task A_position_counts_what_really_goes_before_and_an_eta_follows_what_was_measured()
    {
        await AddAccountAsync("key-a");
        var first = await SubmitVideoAsync("first");
        await WaitForAsync(first, "running");
        var (a, b) = (await AddTeamAsync("a"), await AddTeamAsync("b"));
        List<string> ids = [];
        for (var i = 0; i < 10; i++) ids.Add(await SubmitVideoAsync($"a{i}", by: a));
        var other = await SubmitVideoAsync("b", by: b);
        Assert.Equal(
            (2, 10), ((await JobAsync(other))["position"]!.GetValue<int>(), (await JobAsync(ids[8]))["position"]!.GetValue<int>()));
        Assert.Null((await JobAsync(other))["etaSeconds"]);

        Sim.FinishAllTasks();
        await WaitForAsync(ids[0], "running");
        var eta = (await JobAsync(ids[9]))["etaSeconds"]!.GetValue<int>();
        Assert.InRange((await JobAsync(other))["etaSeconds"]!.GetValue<int>(), 1, eta);
        Assert.NotNull((await JobAsync(ids[0]))["etaSeconds"]);
        Assert.Null((await JobAsync(first))["etaSeconds"]);
    }

    [Fact]
    public async Task Explain_says_why_a_job_waits_with_counts_for_teams_and_accounts_for_admins()
    {
        var full = await AddAccountAsync("key-a");
        var poor = await AddAccountAsync("key-b", 1, ("dailyCredits", 1));
        var team = await AddTeamAsync("a");
        var running = await SubmitVideoAsync("blocker", by: team);
        await WaitForAsync(running, "running");
        var id = await SubmitVideoAsync("waits", by: team);

        var teams = (await team.GetAsync($"/v1/jobs/{id}/explain")).Expect(200);
        Assert.Equal("no_free_account", teams.Text("waitsFor"));
        Assert.Contains("None of the 2 accounts that serve it is free", teams.Text("sentence"), StringComparison.Ordinal);
        Assert.Contains("1 full", teams.Text("sentence"), StringComparison.Ordinal);
        Assert.Contains("1 over budget", teams.Text("sentence"), StringComparison.Ordinal);
        Assert.Equal(
            ["no_free_slot", "out_of_credits"],
            teams["accounts"]!["reasons"]!.AsArray().Select(reason => reason!["reason"]!.ToString()).Order());
        Assert.DoesNotContain(full, teams.Body.Replace(id, "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.DoesNotContain(poor, teams.Body.Replace(id, "", StringComparison.Ordinal), StringComparison.Ordinal);

        var admins = (await Admin.GetAsync($"/v1/jobs/{id}/explain")).Expect(200);
        Assert.Equal(
            new[] { full, poor }.Order(),
            admins["accounts"]!["list"]!.AsArray().Select(account => account!["account"]!.ToString()).Order());
        var chosen = (await Admin.GetAsync($"/v1/jobs/{running}/explain")).Expect(200);
        Assert.Equal((full, true), (chosen.Text("account"), chosen["waitsFor"] is null));
        Assert.Contains($"Account {full} was picked at random", chosen.Text("sentence"), StringComparison.Ordinal);
        Assert.StartsWith(
            "Its account was picked",
            (await team.GetAsync($"/v1/jobs/{running}/explain")).Expect(200).Text("sentence"),
            StringComparison.Ordinal);
        (await (await AddTeamAsync("b")).GetAsync($"/v1/jobs/{id}/explain")).ExpectProblem(404, "job_not_found");
    }
}

public sealed class SqliteQueue() : QueueContract(new SqliteData())
{
    [Fact]
    public async Task What_goes_wrong_unexpectedly_with_one_submit_of_a_batch_leaves_the_others_their_answers()
    {
        ExpectedError = "no such luck";
        await AddAccountAsync("key-a", 3);
        await Data.ListAsync(
            "CREATE TRIGGER luckless BEFORE INSERT ON job WHEN new.priority = 9 BEGIN SELECT RAISE(ABORT, 'no such luck'); END");
        object[] jobs = [VideoJob("one"), VideoJob("luckless", priority: 9), VideoJob("two")];
        var items = (await Admin.PostAsync("/v1/jobs/batch", new { jobs })).Expect(200)["items"]!.AsArray();
        Assert.Equal([202, 500, 202], items.Select(item => item!["status"]!.GetValue<int>()));
        Assert.Equal("unexpected", items[1]!["error"]!["code"]!.ToString());
        Assert.Contains(Gateway.Journal.Errors, line => line.Contains("failed unexpectedly", StringComparison.Ordinal));
    }
}

public sealed class PostgresQueue() : QueueContract(new PostgresData());
