using Gateway.Api.Tests.Support;
using Gateway.Simulator;

namespace Gateway.Api.Tests.Routing;

/// <summary>Budgets over HTTP: a video reserves 30 credits, and so it costs.</summary>
public abstract class CreditContract : GatewayTest
{
    private protected CreditContract(TestData data)
        : base(data)
    {
    }

    private async Task CreditsAsync(string account, long used, long reserved)
    {
        var credits = (await AccountAsync(account))["credits"]!;
        Assert.Equal((used, reserved), (credits["used"]!.GetValue<long>(), credits["reserved"]!.GetValue<long>()));
    }

    [Fact]
    public async Task C1_a_ceiling_that_does_not_fit_the_budget_is_refused()
    {
        var account = await AddAccountAsync("key-a", 5, ("dailyCredits", 80));
        var first = await WaitForAsync(await SubmitVideoAsync("first"), "running");
        await WaitForAsync(await SubmitVideoAsync("second"), "running");
        await CreditsAsync(account, used: 0, reserved: 60);

        var third = await SubmitVideoAsync("third");
        Assert.Equal("queued", (await JobAsync(third)).Text("status"));
        var refused = (
            await Admin.PostAsync("/v1/jobs", VideoJob("fourth"), ("Gateway-Queue", "off"))).ExpectProblem(429, "no_free_account");
        Assert.Contains("over budget", refused.Text("detail"), StringComparison.Ordinal);
        Assert.InRange(int.Parse(refused.Header("Retry-After")!), 1, 86400);

        Sim.FinishAllTasks();
        await EndAsync(first.Text("id"));
        await SlotsAsync(account, 0);
        await CreditsAsync(account, used: 60, reserved: 0);
        Assert.Equal("queued", (await JobAsync(third)).Text("status"));
        Assert.Equal(2, Sim.Ledger.Accepted);

        // More budget wakes what waits for it.
        (await Admin.PatchAsync($"/v1/admin/accounts/{account}", new { dailyCredits = 90 })).Expect(200);
        await WaitForAsync(third, "running");
        await CreditsAsync(account, used: 60, reserved: 30);
    }

    [Fact]
    public async Task C3_a_refused_submit_gives_its_reserve_back_and_a_failed_task_is_charged()
    {
        var account = await AddAccountAsync("key-a", 1, ("dailyCredits", 100));
        Sim.Script.Next(Operation.VideoSubmit, new FaultEffect.BaseResp(2013, "invalid params"));
        Assert.Equal(0, (await EndAsync(await SubmitVideoAsync("refused")))["credits"]!["charged"]!.GetValue<int>());
        await CreditsAsync(account, used: 0, reserved: 0);

        var id = await SubmitVideoAsync("fails later");
        await WaitForAsync(id, "running");
        Sim.FinishAllTasks(new TaskFailure());
        Assert.Equal(30, (await EndAsync(id))["credits"]!["charged"]!.GetValue<int>());
        await CreditsAsync(account, used: 30, reserved: 0);
    }

    [Fact]
    public async Task C1_prices_are_settings_and_a_model_may_have_its_own()
    {
        Gateway["Gateway:Prices:platform/video/T2V-01"] = "7";
        Gateway["Gateway:Prices:platform/chat"] = "2";
        await Gateway.RestartAsync();
        var account = await AddAccountAsync("key-a", 3, ("dailyCredits", 10));
        await WaitForAsync(await SubmitVideoAsync(model: "T2V-01"), "running");
        await CreditsAsync(account, used: 0, reserved: 7);
        (await Admin.PostAsync("/v1/text/chatcompletion_v2", new { model = "MiniMax-M2", max_tokens = 100, messages = new[] { new { role = "user", content = "hi" } } })).Expect(200);
        await SlotsAsync(account, 1);
        await CreditsAsync(account, used: 2, reserved: 7);
        (await Admin.PostAsync("/v1/text/chatcompletion_v2", new { model = "MiniMax-M2", max_tokens = 100, messages = new[] { new { role = "user", content = "hi" } } }, ("Prefer", "wait=0"))).ExpectBaseResp(429, 1002, "over budget");
    }

    [Fact]
    public async Task C1_a_charge_follows_what_the_upstream_reports()
    {
        Gateway["Gateway:Prices:platform/chat"] = "5";
        await Gateway.RestartAsync();
        var account = await AddAccountAsync("key-a", 3, ("dailyCredits", 1000));
        Sim.Media = Sim.Media with { DroppedImages = 2 };
        (await Admin.PostAsync("/v1/image_generation", new { model = "image-01", prompt = "a calm sea", n = 5 })).Expect(200);
        await SettledAsync(account, used: 3); // five asked for, three made

        (await Admin.PostAsync("/v1/t2a_v2", new { model = "speech-2.8-hd", text = new string('a', 2500) })).Expect(200);
        await SettledAsync(account, used: 3 + (3 * 2));

        // Reserved for the 10,240 tokens a chat may answer, charged for the few it did; a stream reports at its end.
        (await Admin.PostAsync("/v1/text/chatcompletion_v2", Chat(stream: false))).Expect(200);
        await SettledAsync(account, used: 9 + 5);
        (await Admin.PostAsync("/v1/text/chatcompletion_v2", Chat(stream: true))).Expect(200);
        await SettledAsync(account, used: 14 + 5);

        async Task SettledAsync(string account, long used)
        {
            await SlotsAsync(account, 0); // a call's release follows its last byte
            await CreditsAsync(account, used, reserved: 0);
        }

        static object Chat(bool stream) => new { model = "MiniMax-M2", stream, messages = new[] { new { role = "user", content = "hi" } } };
    }

    [Fact]
    public async Task C1_work_is_reserved_for_at_its_ceiling()
    {
        var account = await AddAccountAsync("key-a", 3, ("dailyCredits", 1000));
        await WaitForAsync(
            (await Admin.PostAsync("/v1/jobs", new { kind = "video", request = new { model = "MiniMax-H3", duration = 6, ratio = "16:9", content = new[] { new { type = "text", text = "a calm sea" } } } })).Expect(202).Text("id"),
            "running");
        await CreditsAsync(account, used: 0, reserved: 6 * 5);
        Sim.FinishAllTasks();
        await SlotsAsync(account, 0);
        await CreditsAsync(account, used: 6 * 5, reserved: 0);
    }

    [Fact]
    public async Task C4_what_the_jobs_were_charged_is_what_the_account_has_used()
    {
        var accounts =
            new[] { await AddAccountAsync("key-a", 2, ("dailyCredits", 1000)), await AddAccountAsync("key-b", 3, ("dailyCredits", 1000)) };
        Sim.ManualTasks = false;
        Sim.SetKey(
            "key-a", new KeySettings { MinTaskDuration = TimeSpan.FromMilliseconds(10), MaxTaskDuration = TimeSpan.FromMilliseconds(60) });
        Sim.SetKey(
            "key-b", new KeySettings { MinTaskDuration = TimeSpan.FromMilliseconds(10), MaxTaskDuration = TimeSpan.FromMilliseconds(60) });
        // No 1000: said by two accounts it is the job's own fault, and whether one job meets both is chance.
        Sim.Script.Add(
            new FaultRule
            {
                Operation = Operation.VideoSubmit,
                Effect = new FaultEffect.BaseResp(1013, "internal service error"),
                Probability = 0.2,
                Count = 4,
            });
        Sim.Script.Next(Operation.VideoSubmit, new FaultEffect.BaseResp(2013, "invalid params"), bodyContains: "job 3");
        Sim.Script.Next(Operation.VideoSubmit, new FaultEffect.TaskFails(), bodyContains: "job 5");
        var ids = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => SubmitVideoAsync($"job {i}.")));
        var charged = new Dictionary<string, long>();
        foreach (var id in ids)
        {
            var job = await EndAsync(id);
            charged[job.Text("account")] = charged.GetValueOrDefault(job.Text("account")) + job["credits"]!["charged"]!.GetValue<long>();
        }

        foreach (var account in accounts)
        {
            await SlotsAsync(account, 0);
            await CreditsAsync(account, charged.GetValueOrDefault(account), reserved: 0);
        }

        Assert.Equal(19 * 30, charged.Values.Sum());
        Assert.InRange(Sim.Ledger.Key("key-a").MaxConcurrentTasks, 1, 2);
        Assert.InRange(Sim.Ledger.Key("key-b").MaxConcurrentTasks, 1, 3);
        Assert.All(Sim.Ledger.Snapshot().SubmitsPerHash.Values, count => Assert.Equal(1, count));
    }

    [Fact]
    public async Task The_ledger_outlives_a_restart()
    {
        var account = await AddAccountAsync("key-a", 2, ("dailyCredits", 100));
        var done = await SubmitVideoAsync("done");
        await WaitForAsync(done, "running");
        Sim.FinishAllTasks();
        await EndAsync(done);
        await WaitForAsync(await SubmitVideoAsync("running"), "running");
        await Gateway.RestartAsync();
        await CreditsAsync(account, used: 30, reserved: 30);
    }
}

public sealed class SqliteCredits() : CreditContract(new SqliteData());

public sealed class PostgresCredits() : CreditContract(new PostgresData());
