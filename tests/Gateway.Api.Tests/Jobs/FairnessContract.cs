using Gateway.Api.Tests.Support;
using Gateway.Simulator;

namespace Gateway.Api.Tests.Jobs;

/// <summary>What one team does to the others: its priorities, its requests without an answer, its failures, its calls that wait.</summary>
public abstract class FairnessContract : GatewayTest
{
    private const int Batch = 100;

    private protected FairnessContract(TestData data)
        : base(data)
    {
    }

    private protected override void Configure() => Gateway["Gateway:Queue:RetryBackOff"] = "00:00:00.050";

    private static object Chat(string words = "hi") =>
        new { model = "MiniMax-M2", messages = new[] { new { role = "user", content = words } } };

    private static Task<Answer> ChatAsync(Client by, string words = "hi", string wait = "wait=25") =>
        by.PostAsync("/v1/text/chatcompletion_v2", Chat(words), ("Prefer", wait));

    private static async Task FloodAsync(Client team, int jobs)
    {
        for (var sent = 0; sent < jobs; sent += Batch)
            (await team.PostAsync("/v1/jobs/batch", new { jobs = Enumerable.Range(sent, Math.Min(Batch, jobs - sent)).Select(number => VideoJob($"flood {number}", priority: 9)) })).Expect(200);
    }

    [Fact]
    public async Task H6_600_jobs_of_the_highest_priority_hold_another_teams_job_for_one_slot_at_most()
    {
        await AddAccountAsync("key-a");
        var (flood, other) = (await AddTeamAsync("flood"), await AddTeamAsync("other"));
        await WaitForAsync(await SubmitVideoAsync("before", by: flood), "running");
        await FloodAsync(flood, 600);
        var job = await SubmitVideoAsync("other", priority: 0, by: other);
        var urgent = await SubmitVideoAsync("urgent", priority: 9, by: other);
        Assert.InRange((await JobAsync(urgent))["position"]!.GetValue<int>(), 1, 3);

        Sim.FinishAllTasks();
        await WaitForAsync(urgent, "running");
        Assert.Equal(["before", "urgent"], Sim.Ledger.Tasks().Select(task => task.Prompt));

        // A start forgets who was served; it is fair from there on.
        await Gateway.RestartAsync();
        for (var slot = 0; slot < 2 && (await JobAsync(job)).Text("status") == "queued"; slot++)
        {
            var tasks = Sim.Ledger.Tasks().Count;
            Sim.FinishAllTasks();
            await EventuallyAsync(() => Task.FromResult(Sim.Ledger.Tasks().Count > tasks));
        }

        await WaitForAsync(job, "running");
    }

    [Fact]
    public async Task H6_a_team_that_an_admin_put_into_a_class_above_goes_first()
    {
        await AddAccountAsync("key-a");
        var (above, other) = (await AddTeamAsync("above", limits: new { @class = 1 }), await AddTeamAsync("other"));
        await WaitForAsync(await SubmitVideoAsync("before", by: above), "running");
        var waits = await SubmitVideoAsync("other", priority: 9, by: other);
        var first = await SubmitVideoAsync("above", priority: 0, by: above);
        Assert.Equal((1, 2), ((await JobAsync(first))["position"]!.GetValue<int>(), (await JobAsync(waits))["position"]!.GetValue<int>()));
        await Gateway.RestartAsync();
        Sim.FinishAllTasks();
        await WaitForAsync(first, "running");
        Assert.Equal("queued", (await JobAsync(waits)).Text("status"));

        var team = (await Admin.GetAsync("/v1/admin/teams"))["teams"]!.AsArray().Single(team => team!["name"]!.ToString() == "above")!;
        Assert.Equal(1, team["limits"]!["class"]!.GetValue<int>());
        foreach (var wrong in new object[] { 0, 10, "high", 1.5 })
            (await Admin.PatchAsync($"/v1/admin/teams/{team["id"]}", new { limits = new { @class = wrong } })).ExpectProblem(400, "invalid_request", "limits.class", "from 1 to 9");
        Assert.Null(
            (await Admin.PatchAsync($"/v1/admin/teams/{team["id"]}", new { limits = new { @class = (int?)null } })).Expect(200)["limits"]!["class"]);
    }

    [Fact]
    public async Task H7_nine_submits_that_are_answered_502_leave_the_others_their_slots()
    {
        foreach (var key in new[] { "key-a", "key-b", "key-c" }) await AddAccountAsync(key, 3);
        var (unlucky, other) = (await AddTeamAsync("unlucky"), await AddTeamAsync("other"));
        var fault = Sim.Script.Always(Operation.VideoSubmit, new FaultEffect.HttpStatus(502), bodyContains: "nobody knows");
        for (var i = 0; i < 9; i++) await SubmitVideoAsync($"nobody knows {i}", by: unlucky);
        await EventuallyAsync(async () => await CountAsync("unknown") == 4);
        Assert.Equal((4, 5), (fault.Applied, await CountAsync("queued")));

        var waits = (await unlucky.GetAsync("/v1/jobs?status=queued"))["jobs"]![0]!;
        Assert.Equal("waits for its team's share of slots: 4 of 9 held by requests without an answer", waits["reason"]!.ToString());
        var why = (await unlucky.GetAsync($"/v1/jobs/{waits["id"]}/explain")).Expect(200);
        Assert.Equal("team_share", why.Text("waitsFor"));
        Assert.Contains("4 of 9", why.Text("sentence"), StringComparison.Ordinal);
        var refused = (
            await unlucky.PostAsync(
                "/v1/jobs", VideoJob("nobody knows, nor waits"), ("Gateway-Queue", "off"))).ExpectProblem(429, "team_share");
        Assert.Contains("it may hold 4", refused.Text("detail"), StringComparison.Ordinal);
        Assert.NotNull(refused.Header("Retry-After"));

        // Others find the other slots, calls at once and jobs too.
        (await ChatAsync(other)).Expect(200);
        var jobs = new List<string>();
        for (var i = 0; i < 5; i++) jobs.Add(await SubmitVideoAsync($"known {i}", by: other));
        foreach (var job in jobs) await WaitForAsync(job, "running");
        Assert.Equal(4, fault.Applied);
        Sim.Script.Remove(fault);

        // What is unknown keeps its slot: evidence alone frees it, an operator's here.
        var one = (await unlucky.GetAsync("/v1/jobs?status=unknown"))["jobs"]![0]!["id"]!.ToString();
        Assert.Equal(4, await CountAsync("unknown"));
        (await Admin.PostAsync($"/v1/admin/jobs/{one}/adopt", new { taskId = "no-such-task" })).Expect(200);
        Sim.FinishAllTasks();
        await EventuallyAsync(async () => await CountAsync("queued") == 0);

        async Task<int> CountAsync(string status) => (await unlucky.GetAsync($"/v1/jobs?status={status}"))["jobs"]!.AsArray().Count;
    }

    [Fact]
    public async Task H8_five_failing_requests_of_one_team_rest_the_account_for_that_team_alone()
    {
        var account = await AddAccountAsync("key-a");
        var (failing, other) = (await AddTeamAsync("failing"), await AddTeamAsync("other"));
        Sim.Script.Always(Operation.Chat, new FaultEffect.BaseResp(1033, "downstream service error"), bodyContains: "fails");
        for (var i = 0; i < 5; i++) await ChatAsync(failing, "fails, the same", "wait=0");
        (await ChatAsync(failing, "well")).Expect(200);

        for (var i = 0; i < 5; i++) await ChatAsync(failing, $"fails {i}", "wait=0");
        var refused = await ChatAsync(failing, "well", "wait=0");
        Assert.Equal(429, refused.Status);
        Assert.Contains("cooling down", refused.Body, StringComparison.Ordinal);
        (await ChatAsync(other, "well", "wait=0")).Expect(200);
        await WaitForAsync(await SubmitVideoAsync(by: other), "running");
        var health = (await AccountAsync(account))["health"]!;
        Assert.Equal("ok", health["state"]!.ToString());
        Assert.Contains("5 failures", Assert.Single(health["restsFor"]!.AsArray())!["reason"]!.ToString(), StringComparison.Ordinal);

        // And what that team has waiting stands in nobody's way.
        Sim.FinishAllTasks();
        await SlotsAsync(account, 0);
        var waits = ChatAsync(failing, "well");
        await EventuallyAsync(
            async () => (await Nobody.GetAsync("/metrics")).Body.Contains("\ngateway_calls_waiting 1\n", StringComparison.Ordinal));
        (await ChatAsync(other, "well", "wait=5")).Expect(200);
        Assert.False(waits.IsCompleted);
        await Gateway.StopAsync();
        await Record.ExceptionAsync(() => waits);
    }

    [Fact]
    public async Task H14_one_team_takes_its_share_of_the_waiting_places_and_the_others_find_theirs()
    {
        Gateway["Gateway:Queue:MaxWaitingCalls"] = "4";
        await Gateway.RestartAsync();
        await AddAccountAsync("key-a");
        var (many, other) = (await AddTeamAsync("many"), await AddTeamAsync("other"));
        await WaitForAsync(await SubmitVideoAsync("blocker"), "running");
        var calls = Enumerable.Range(0, 2).Select(_ => ChatAsync(many)).ToList();
        await WaitingAsync(2);

        var refused = await ChatAsync(many);
        Assert.Equal(429, refused.Status);
        Assert.NotNull(refused.Header("Retry-After"));
        Assert.Contains("2 of its calls wait for a slot, and it may have 2 of 4", refused.Body, StringComparison.Ordinal);
        calls.Add(ChatAsync(other));
        await WaitingAsync(3);
        Sim.FinishAllTasks();
        foreach (var call in calls) (await call).Expect(200);

        Task WaitingAsync(int calls) =>
            EventuallyAsync(
                async () =>
                    (await Nobody.GetAsync("/metrics")).Body.Contains($"\ngateway_calls_waiting {calls}\n", StringComparison.Ordinal));
    }

    [Fact]
    public async Task H14_one_team_takes_its_share_of_a_bounded_queue_and_the_others_find_theirs()
    {
        Gateway["Gateway:Queue:MaxJobs"] = "4";
        await Gateway.RestartAsync();
        await AddAccountAsync("key-a");
        var (many, other) = (await AddTeamAsync("many"), await AddTeamAsync("other"));
        await WaitForAsync(await SubmitVideoAsync("blocker"), "running");
        for (var i = 0; i < 2; i++) await SubmitVideoAsync(by: many);
        var full = (await many.PostAsync("/v1/jobs", VideoJob())).ExpectProblem(429, "queue_full");
        Assert.Contains("it has 2 jobs in the queue, and may have 2 of 4", full.Text("detail"), StringComparison.Ordinal);
        Assert.Equal("30", full.Header("Retry-After"));
        await SubmitVideoAsync(by: other);
    }
}

public sealed class SqliteFairnessTests() : FairnessContract(new SqliteData());

public sealed class PostgresFairnessTests() : FairnessContract(new PostgresData());
