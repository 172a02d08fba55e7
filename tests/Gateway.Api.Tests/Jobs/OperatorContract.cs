using Gateway.Api.Tests.Support;
using Gateway.Simulator;

namespace Gateway.Api.Tests.Jobs;

/// <summary>What operators do to the queue and to single jobs, and what a cancel does at the upstream.</summary>
public abstract class OperatorContract : GatewayTest
{
    private protected OperatorContract(TestData data)
        : base(data)
    {
    }

    private static object V2(string text) =>
        new { model = "MiniMax-H3", content = new[] { new { type = "text", text } }, resolution = "768P", ratio = "16:9", duration = 5 };

    private async Task<(string Job, string Account)> UnknownAsync()
    {
        var account = await AddAccountAsync("key-a", 2);
        Sim.Script.Next(Operation.VideoSubmit, new FaultEffect.AcceptThen502());
        var id = await SubmitVideoAsync();
        await WaitForAsync(id, "unknown");
        return (id, account);
    }

    private async Task<string> FailedAsync()
    {
        await AddAccountAsync("key-a");
        var id = await SubmitVideoAsync();
        await WaitForAsync(id, "running");
        Sim.FinishAllTasks(new TaskFailure(1027, "output new_sensitive"));
        Assert.Equal("failed", (await EndAsync(id)).Text("status"));
        return id;
    }

    [Fact]
    public async Task J4_an_operator_adopts_the_task_of_an_unknown_job()
    {
        var (id, account) = await UnknownAsync();
        var task = Sim.Ledger.Tasks()[0].TaskId;
        Assert.Equal("running", (await Admin.PostAsync($"/v1/admin/jobs/{id}/adopt", new { taskId = task })).Expect(200).Text("status"));
        Sim.FinishAllTasks();
        Assert.Equal("succeeded", (await EndAsync(id)).Text("status"));
        await SlotsAsync(account, 0);
        (await Admin.PostAsync($"/v1/admin/jobs/{id}/adopt", new { taskId = task })).ExpectProblem(409, "job_status", "id", "unknown");
    }

    [Fact]
    public async Task J4_L4_an_operator_fails_an_unknown_job_and_its_slot_stays()
    {
        var (id, account) = await UnknownAsync();
        var failed = (await Admin.PostAsync($"/v1/admin/jobs/{id}/fail")).Expect(200);
        Assert.Equal(("failed", "failed_by_operator"), (failed.Text("status"), failed["error"]!["code"]!.ToString()));
        await SlotsAsync(account, 1);
        (await Admin.PostAsync($"/v1/admin/jobs/{id}/fail")).ExpectProblem(409, "job_status");
    }

    [Fact]
    public async Task J4_an_operator_resubmits_an_unknown_job_and_both_slots_are_held()
    {
        var (id, account) = await UnknownAsync();
        (await Admin.PostAsync($"/v1/admin/jobs/{id}/resubmit")).Expect(200);
        var running = await WaitForAsync(id, "running");
        Assert.Equal(2, running["attempt"]!.GetValue<int>());
        await SlotsAsync(account, 2);
        (await Admin.PostAsync($"/v1/admin/jobs/{id}/resubmit")).ExpectProblem(409, "job_status", "id", "unknown");
    }

    [Fact]
    public async Task J1_a_redrive_is_a_new_job_that_names_the_old_one()
    {
        var old = await FailedAsync();
        var redrive = (await Admin.PostAsync($"/v1/admin/jobs/{old}/redrive")).Expect(202);
        Assert.Equal(old, redrive.Text("redriveOf"));
        await WaitForAsync(redrive.Text("id"), "running");
        Assert.Equal("failed", (await JobAsync(old)).Text("status"));
        (await Admin.PostAsync($"/v1/admin/jobs/{redrive.Text("id")}/redrive")).ExpectProblem(409, "job_status", "id", "failed");
    }

    [Fact]
    public async Task Failed_jobs_are_listed_by_their_error()
    {
        var id = await FailedAsync();
        var code = (await JobAsync(id))["error"]!["code"]!.ToString();
        Assert.Equal(id, Assert.Single((await Admin.GetAsync($"/v1/jobs?error={code}"))["jobs"]!.AsArray())!["id"]!.ToString());
        Assert.Empty((await Admin.GetAsync("/v1/jobs?error=attempts_exhausted"))["jobs"]!.AsArray());
        Assert.Empty((await Admin.GetAsync($"/v1/jobs?error={code}&status=queued"))["jobs"]!.AsArray());
        (await Admin.GetAsync("/v1/jobs?error=A'B")).ExpectProblem(400, "invalid_request", "error");
    }

    [Fact]
    public async Task Operators_actions_are_for_admins_and_refuse_what_is_not_there()
    {
        var team = await AddTeamAsync("a");
        foreach (var action in new[] { "fail", "resubmit", "redrive" })
        {
            (await team.PostAsync($"/v1/admin/jobs/1/{action}")).ExpectProblem(403, "forbidden");
            (await Admin.PostAsync($"/v1/admin/jobs/1/{action}")).ExpectProblem(404, "job_not_found", "id");
        }

        (await Admin.PostAsync("/v1/admin/jobs/1/adopt", new { taskId = "x" })).ExpectProblem(404, "job_not_found", "id");
        (await Admin.PostAsync("/v1/admin/jobs/1/adopt", new { })).ExpectProblem(400, "invalid_request", "taskId");
        (await team.PostAsync("/v1/admin/queue/pause", new { all = true })).ExpectProblem(403, "forbidden");
        (await team.GetAsync("/v1/admin/queue")).ExpectProblem(403, "forbidden");
    }

    [Fact]
    public Task A_pause_of_a_lane_holds_jobs_back_over_a_restart_until_it_is_resumed() =>
        PauseAndResumeAsync(new { lane = "video|*|MiniMax-Hailuo-02" });

    [Fact]
    public Task A_pause_of_everything_does_too() => PauseAndResumeAsync(new { all = true });

    private async Task PauseAndResumeAsync(object target)
    {
        await AddAccountAsync("key-a", 2);
        await WaitForAsync(await SubmitVideoAsync("before"), "running");
        (await Admin.PostAsync("/v1/admin/queue/pause", target)).Expect(200);
        var id = await SubmitVideoAsync("held back");
        var native = (await Admin.PostAsync("/v1/video_generation", new { model = "MiniMax-Hailuo-02", prompt = "native" })).Expect(200);
        Assert.NotEmpty(native.Text("task_id"));
        (await Admin.PostAsync("/v1/jobs", VideoJob(), ("Gateway-Queue", "off"))).ExpectProblem(429, "queue_paused");
        await Gateway.RestartAsync();

        var why = (await Admin.GetAsync($"/v1/jobs/{id}/explain")).Expect(200);
        Assert.Equal("paused", why.Text("waitsFor"));
        Assert.Contains("operator has paused", why.Text("sentence"), StringComparison.Ordinal);
        var queue = (await Admin.GetAsync("/v1/admin/queue")).Expect(200);
        Assert.Equal((2, true), (queue["queued"]!.GetValue<int>(), queue["lanes"]![0]!["paused"]!.GetValue<bool>()));
        Assert.Equal("admin", queue["pauses"]![0]!["by"]!.ToString());
        // What is not held back goes on.
        (await Admin.PostAsync("/v1/text/chatcompletion_v2", new { model = "MiniMax-M2", messages = new[] { new { role = "user", content = "hi" } } }, ("Prefer", "wait=0"))).Expect(200);
        Assert.Equal("queued", (await JobAsync(id)).Text("status"));

        (await Admin.PostAsync("/v1/admin/queue/resume", target)).Expect(200);
        await WaitForAsync(id, "running");
        Assert.Empty((await Admin.GetAsync("/v1/admin/queue"))["pauses"]!.AsArray());
    }

    [Fact]
    public async Task A_paused_account_is_a_drained_one_and_a_pause_names_one_target()
    {
        var id = await AddAccountAsync("key-a");
        (await Admin.PostAsync("/v1/admin/queue/pause", new { account = id })).Expect(200);
        Assert.True((await AccountAsync(id))["draining"]!.GetValue<bool>());
        var job = await SubmitVideoAsync();
        (await Admin.PostAsync("/v1/admin/queue/resume", new { account = id })).Expect(200);
        await WaitForAsync(job, "running");
        foreach (var (body, field) in new (object, string)[]
        {
            (new { }, "body"), (new { all = true, lane = "x" }, "body"), (new { all = false }, "all"), (new { lane = "fax|*|m" }, "lane"),
            (new { lane = "video" }, "lane"), (new { lane = "video.nothing|*|m" }, "lane"),
            (new { account = "x" }, "account"), (new { colour = "red" }, "colour"),
        }) (await Admin.PostAsync("/v1/admin/queue/pause", body)).ExpectProblem(400, "invalid_request", field);
        (await Admin.PostAsync("/v1/admin/queue/pause", new { account = "404" })).ExpectProblem(404, "account_not_found");
    }

    [Fact]
    public async Task Many_jobs_are_cancelled_by_filter_each_team_its_own()
    {
        await AddAccountAsync("key-a");
        var (a, b) = (await AddTeamAsync("a"), await AddTeamAsync("b"));
        var running = await SubmitVideoAsync("runs", by: a);
        await WaitForAsync(running, "running");
        for (var i = 0; i < 120; i++) await SubmitVideoAsync($"a{i}", by: a);
        var others = await SubmitVideoAsync("b", by: b);

        var none = (await a.PostAsync("/v1/jobs/cancel", new { before = "2025-06-01T00:00:00Z" })).Expect(200);
        Assert.Equal((0, false), (none["cancelled"]!.GetValue<int>(), none["more"]!.GetValue<bool>()));
        Assert.Equal(
            120,
            (await a.PostAsync("/v1/jobs/cancel", new { status = "queued", kind = "video" })).Expect(200)["cancelled"]!.GetValue<int>());
        Assert.Equal(("running", "queued"), ((await JobAsync(running)).Text("status"), (await JobAsync(others)).Text("status")));
        Assert.Equal(1, (await a.PostAsync("/v1/jobs/cancel", new { all = true })).Expect(200)["cancelled"]!.GetValue<int>());
        Assert.Equal(("cancelled", "queued"), ((await JobAsync(running)).Text("status"), (await JobAsync(others)).Text("status")));
        Assert.Equal(
            1, (await Admin.PostAsync("/v1/admin/jobs/cancel", new { status = "queued" })).Expect(200)["cancelled"]!.GetValue<int>());

        foreach (var (body, field) in new (object, string)[] { (new { status = "failed" }, "status"), (new { kind = "fax" }, "kind"), (new { before = "now" }, "before"), (new { team = "x" }, "team"), (new { account = "1" }, "account") })
            (await a.PostAsync("/v1/jobs/cancel", body)).ExpectProblem(400, "invalid_request", field);
    }

    [Fact]
    public async Task D3_everything_is_cancelled_by_whoever_says_so_and_by_no_empty_body()
    {
        await AddAccountAsync("key-a");
        var (a, b) = (await AddTeamAsync("a"), await AddTeamAsync("b"));
        var (own, others) = (await SubmitVideoAsync(by: a), await SubmitVideoAsync(by: b));
        foreach (var empty in new object?[] { null, new { } })
        {
            (await a.PostAsync("/v1/jobs/cancel", empty)).ExpectProblem(400, "invalid_request", "filter", "{\"all\":true}");
            (await Admin.PostAsync("/v1/admin/jobs/cancel", empty)).ExpectProblem(400, "invalid_request", "filter", "lane; {\"all\":true}");
        }

        foreach (var wrong in new object[] { new { all = false }, new { all = "true" }, new { all = true, kind = "video" } })
            (await a.PostAsync("/v1/jobs/cancel", wrong)).ExpectProblem(400, "invalid_request", "all", "stand alone");
        Assert.Null((await JobAsync(own))["finishedAt"]);

        Assert.Equal(1, (await a.PostAsync("/v1/jobs/cancel", new { all = true })).Expect(200)["cancelled"]!.GetValue<int>());
        await WaitForAsync(own, "cancelled");
        Assert.Equal(1, (await Admin.PostAsync("/v1/admin/jobs/cancel", new { all = true })).Expect(200)["cancelled"]!.GetValue<int>());
        await WaitForAsync(others, "cancelled");
    }

    [Fact]
    public async Task Many_jobs_are_cancelled_by_model_and_by_lane()
    {
        await AddAccountAsync("key-a");
        var team = await AddTeamAsync("a");
        await WaitForAsync(await SubmitVideoAsync("runs"), "running");
        string[] old = [await SubmitVideoAsync("one"), await SubmitVideoAsync("two", by: team)];
        string[] fast =
        [
            await SubmitVideoAsync("three", model: "MiniMax-Hailuo-2.3-Fast"),
            await SubmitVideoAsync("four", model: "MiniMax-Hailuo-2.3-Fast", by: team)
        ];

        Assert.Equal(
            1,
            (await team.PostAsync("/v1/jobs/cancel", new { model = "MiniMax-Hailuo-2.3-Fast" })).Expect(200)["cancelled"]!.GetValue<int>());
        Assert.Equal(("queued", "cancelled"), ((await JobAsync(fast[0])).Text("status"), (await JobAsync(fast[1])).Text("status")));
        Assert.Equal(
            0,
            (await Admin.PostAsync("/v1/admin/jobs/cancel", new { model = "MiniMax-Hailuo-2.3" })).Expect(200)["cancelled"]!.GetValue<int>());
        Assert.Equal(
            2,
            (await Admin.PostAsync("/v1/admin/jobs/cancel", new { status = "queued", lane = "video|*|MiniMax-Hailuo-02" })).Expect(200)["cancelled"]!.GetValue<int>());
        foreach (var id in old) Assert.Equal("cancelled", (await JobAsync(id)).Text("status"));
        Assert.Equal("queued", (await JobAsync(fast[0])).Text("status"));

        (await team.PostAsync("/v1/jobs/cancel", new { lane = "video|*|MiniMax-Hailuo-02" })).ExpectProblem(400, "invalid_request", "lane");
        (await Admin.PostAsync("/v1/admin/jobs/cancel", new { lane = "video" })).ExpectProblem(400, "invalid_request", "lane", "GET /v1/admin/queue");
        Assert.Equal(
            ["jobs.cancel jobs model=MiniMax-Hailuo-2.3", "jobs.cancel jobs status=queued, lane=video|*|MiniMax-Hailuo-02"],
            await AuditAsync("jobs.cancel"));
    }

    [Fact]
    public async Task What_operators_do_to_jobs_stands_in_the_audit_trail()
    {
        var (adopted, account) = await UnknownAsync();
        var task = Sim.Ledger.Tasks()[0].TaskId;
        (await Admin.PostAsync($"/v1/admin/jobs/{adopted}/adopt", new { taskId = task })).Expect(200);
        Sim.FinishAllTasks();
        await EndAsync(adopted);
        await SlotsAsync(account, 0);

        Sim.Script.Next(Operation.VideoSubmit, new FaultEffect.AcceptThen502());
        var resubmitted = await SubmitVideoAsync();
        await WaitForAsync(resubmitted, "unknown");
        var lease = (await AccountAsync(account))["leases"]![0]!["id"]!.ToString();
        (await Admin.PostAsync($"/v1/admin/jobs/{resubmitted}/resubmit")).Expect(200);
        await WaitForAsync(resubmitted, "running");
        (await Admin.PostAsync($"/v1/admin/accounts/{account}/leases/{lease}/release")).Expect(200);
        Sim.FinishAllTasks();
        await EndAsync(resubmitted);

        Sim.Script.Next(Operation.VideoSubmit, new FaultEffect.AcceptThen502());
        var failed = await SubmitVideoAsync();
        await WaitForAsync(failed, "unknown");
        (await Admin.PostAsync($"/v1/admin/jobs/{failed}/fail")).Expect(200);
        (await Admin.PostAsync($"/v1/admin/jobs/{failed}/fail")).ExpectProblem(409, "job_status"); // nothing done, nothing written
        var redriven = (await Admin.PostAsync($"/v1/admin/jobs/{failed}/redrive")).Expect(202).Text("id");

        Assert.Equal([
            $"job.adopt {adopted} task {task} on account {account}",
            $"job.resubmit {resubmitted} attempt 1 on account {account}",
            $"job.fail {failed} was unknown",
            $"job.redrive {failed} as {redriven}",
        ], await AuditAsync("job."));
        Assert.Equal([$"lease.release {lease} {account} "], await AuditAsync("lease."));
    }

    private Task<IReadOnlyList<string>> AuditAsync(string actions) =>
        Data.ListAsync(
            $"SELECT action || ' ' || target || ' ' || coalesce(detail, '') FROM audit WHERE actor = 'admin' AND action LIKE '{actions}%' " +
                $"ORDER BY id");

    [Fact]
    public async Task J1_a_cancel_while_a_second_api_video_is_being_sent_is_taken_back_at_the_upstream()
    {
        Sim.QueueTasks = true;
        var account = await AddAccountAsync("key-a");
        using var held = Sim.Hold(Operation.VideoV2Submit);
        var submit = Admin.PostAsync("/v2/video_generation", V2("early"));
        await Sim.WaitForAcceptedAsync(1, Patience);
        var id = (await Admin.GetAsync("/v1/jobs?status=submitting"))["jobs"]![0]!["id"]!.ToString();
        Assert.Equal("submitting", (await Admin.PostAsync($"/v1/jobs/{id}/cancel")).Expect(200).Text("status"));
        held.Release();
        Assert.Equal(id, (await submit).Expect(200).Text("task_id"));

        Assert.Equal("cancelled", (await EndAsync(id)).Text("status"));
        await SlotsAsync(account, 0);
        Assert.Equal(1, Sim.Ledger.Count(Operation.VideoV2Delete));
        Assert.Equal(0, (await JobAsync(id))["credits"]!["charged"]!.GetValue<int>());
    }

    [Fact]
    public async Task L4_a_cancel_takes_back_at_the_upstream_what_has_not_begun_there()
    {
        Sim.QueueTasks = true;
        var account = await AddAccountAsync("key-a", 2);
        var id = (await Admin.PostAsync("/v2/video_generation", V2("early"))).Expect(200).Text("task_id");
        await WaitForAsync(id, "running");
        var cancelled = (await Admin.PostAsync($"/v1/jobs/{id}/cancel")).Expect(200);
        Assert.Equal("cancelled", cancelled.Text("status"));
        await SlotsAsync(account, 0);
        Assert.Equal(0, (await JobAsync(id))["credits"]!["charged"]!.GetValue<int>());
        Assert.Equal("cancelled", (await Admin.PostAsync($"/v1/jobs/{id}/cancel")).Expect(200).Text("status"));

        // What has begun keeps its slot to its own end.
        var late = (await Admin.PostAsync("/v2/video_generation", V2("late"))).Expect(200).Text("task_id");
        await WaitForAsync(late, "running");
        Sim.StartTask(Sim.Ledger.Tasks()[^1].TaskId);
        Assert.Equal("cancelled", (await Admin.PostAsync($"/v1/jobs/{late}/cancel")).Expect(200).Text("status"));
        await SlotsAsync(account, 1);
        Sim.FinishAllTasks();
        await SlotsAsync(account, 0);
        Assert.NotEqual(0, (await JobAsync(late))["credits"]!["charged"]!.GetValue<int>());
    }
}

public sealed class SqliteOperators() : OperatorContract(new SqliteData());

public sealed class PostgresOperators() : OperatorContract(new PostgresData());
