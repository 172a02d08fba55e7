using Gateway.Api.Tests.Support;
using Gateway.Simulator;

namespace Gateway.Api.Tests.Jobs;

/// <summary>What happens when an upstream refuses, stays silent, or nobody knows what it did.</summary>
public abstract class DoubtContract : GatewayTest
{
    private protected DoubtContract(TestData data)
        : base(data)
    {
    }

    private protected override void Configure()
    {
        Gateway["Gateway:ChoresEvery"] = "00:00:00.050";
        Gateway["Gateway:Queue:RetryBackOff"] = "00:00:00.050";
    }

    private void NoSecondSubmits() => Assert.All(Sim.Ledger.Snapshot().SubmitsPerHash.Values, count => Assert.Equal(1, count));

    [Fact]
    public async Task J4_a_submit_without_a_clear_answer_is_unknown_keeps_its_slot_and_is_never_sent_again()
    {
        foreach (var effect in new FaultEffect[]
        {
            new FaultEffect.AcceptThen502(), new FaultEffect.LoseAnswer(), new FaultEffect.LoseAnswer(Fin: true),
            new FaultEffect.EmptyBody(Accepted: true), new FaultEffect.StreamBreak(),
            new FaultEffect.ConnectionReset(), // the request was sent, so nobody can prove that it was not accepted (J3)
        })
        {
            var account = await AddAccountAsync("key-a", 2);
            await AddAccountAsync("key-b", 2);
            // A connection that has been used before: some clients would send again on a fresh one.
            var usual = await SubmitVideoAsync($"before {effect}");
            await WaitForAsync(usual, "running");
            var submits = Sim.Ledger.Count(Operation.VideoSubmit);
            Sim.Script.Next(Operation.VideoSubmit, effect);

            var id = await SubmitVideoAsync($"{effect}");
            var unknown = await WaitForAsync(id, "unknown");

            Assert.NotNull(unknown["reason"]);
            Assert.Equal(submits + 1, Sim.Ledger.Count(Operation.VideoSubmit));
            Assert.Contains((await AccountAsync(unknown.Text("account")))["leases"]!.AsArray(), lease => lease!["job"]!.ToString() == id);
            NoSecondSubmits();

            // An operator frees what is stuck, for the next round.
            foreach (var lease in (await AccountAsync(unknown.Text("account")))["leases"]!.AsArray().Where(lease => lease!["job"]!.ToString() == id))
                (await Admin.PostAsync($"/v1/admin/accounts/{unknown.Text("account")}/leases/{lease!["id"]}/release")).Expect(200);
            Sim.FinishAllTasks();
            await EndAsync(usual);
            Assert.NotNull(account);
        }
    }

    [Fact]
    public async Task J4_at_its_hard_end_an_unknown_job_fails_and_its_reserve_is_charged()
    {
        Gateway["Gateway:Limits:video:LongestRun"] = "00:00:03";
        await Gateway.RestartAsync();
        var account = await AddAccountAsync("key-a", 1, ("dailyCredits", 100));
        Sim.Script.Next(Operation.VideoSubmit, new FaultEffect.AcceptThen502());
        var id = await SubmitVideoAsync();
        await WaitForAsync(id, "unknown");
        var held = await AccountAsync(account);
        Assert.Equal((0, 30), (held["credits"]!["used"]!.GetValue<int>(), held["credits"]!["reserved"]!.GetValue<int>()));
        var next = await SubmitVideoAsync("next");

        var failed = await EndAsync(id);
        Assert.Equal(
            ("failed", "hard_end", 30),
            (failed.Text("status"), failed["error"]!["code"]!.ToString(), failed["credits"]!["charged"]!.GetValue<int>()));
        await WaitForAsync(next, "running");
        var freed = await AccountAsync(account);
        Assert.Equal((30, 30), (freed["credits"]!["used"]!.GetValue<int>(), freed["credits"]!["reserved"]!.GetValue<int>()));
        NoSecondSubmits();
    }

    [Fact]
    public async Task J4_an_unknown_job_stays_unknown_over_a_restart_and_can_be_cancelled()
    {
        var account = await AddAccountAsync("key-a");
        Sim.Script.Next(Operation.VideoSubmit, new FaultEffect.LoseAnswer());
        var id = await SubmitVideoAsync();
        await WaitForAsync(id, "unknown");
        await Gateway.RestartAsync();
        Assert.Equal("unknown", (await JobAsync(id)).Text("status"));
        Assert.Equal("cancelled", (await Admin.PostAsync($"/v1/jobs/{id}/cancel")).Expect(200).Text("status"));
        Assert.Single((await AccountAsync(account))["leases"]!.AsArray());
        Assert.Equal(1, Sim.Ledger.Accepted);
    }

    [Fact]
    public async Task J7_a_refused_job_goes_to_another_account()
    {
        await AddAccountAsync("key-a", 5);
        await AddAccountAsync("key-b", 5);
        foreach (var effect in new FaultEffect[] { new FaultEffect.BaseResp(1000, "unknown error"), new FaultEffect.BaseResp(1033, "downstream error"), new FaultEffect.OverloadedEnvelope(), new FaultEffect.HttpStatus(429) })
        {
            var before = (Sim.Ledger.Count(Operation.VideoSubmit, "key-a"), Sim.Ledger.Count(Operation.VideoSubmit, "key-b"));
            Sim.Script.Next(Operation.VideoSubmit, effect);
            var job = await WaitForAsync(await SubmitVideoAsync($"{effect}"), "running");
            Assert.Equal(2, job["attempt"]!.GetValue<int>());
            Assert.Equal(
                (before.Item1 + 1, before.Item2 + 1),
                (Sim.Ledger.Count(Operation.VideoSubmit, "key-a"), Sim.Ledger.Count(Operation.VideoSubmit, "key-b")));
        }

        NoSecondSubmits();
    }

    [Fact]
    public async Task J7_a_refused_job_waits_for_an_account_that_is_busy_rather_than_ask_the_refusing_one_again()
    {
        var good = await AddAccountAsync("key-a");
        await WaitForAsync(await SubmitVideoAsync("blocker"), "running");
        (await Admin.PostAsync("/v1/minimax/accounts", new { url = "http://127.0.0.1:1", driver = "platform", token = "dead", maxJobs = 5 })).Expect(201);

        var id = await SubmitVideoAsync("patient");
        var job = await JobAsync(id);
        while (job["attempt"]!.GetValue<int>() == 0 || job.Text("status") != "queued")
            job = await Admin.GetAsync($"/v1/jobs/{id}?wait=20&after={job["seq"]}");
        Sim.FinishAllTasks();

        var running = await WaitForAsync(id, "running");
        Assert.Equal((good, 2), (running.Text("account"), running["attempt"]!.GetValue<int>()));
    }

    [Fact]
    public async Task J7_attempts_are_bounded()
    {
        (await Admin.PostAsync("/v1/minimax/accounts", new { url = "http://127.0.0.1:1", driver = "platform", token = "dead", maxJobs = 5, dailyCredits = 100 })).Expect(201);
        var failed = await EndAsync(await SubmitVideoAsync());
        Assert.Equal(
            ("failed", "attempts_exhausted", 5),
            (failed.Text("status"), failed["error"]!["code"]!.ToString(), failed["attempt"]!.GetValue<int>()));
        Assert.Equal(0, failed["credits"]!["charged"]!.GetValue<int>());
    }

    [Fact]
    public async Task J10_what_moderation_refused_is_shown_to_no_other_account()
    {
        await AddAccountAsync("key-a");
        await AddAccountAsync("key-b");
        Sim.Script.Next(Operation.VideoSubmit, new FaultEffect.BaseResp(1026, "input new_sensitive"));
        var failed = await EndAsync(await SubmitVideoAsync());
        Assert.Equal(
            ("failed", "moderated", 1026),
            (failed.Text("status"), failed["error"]!["code"]!.ToString(), failed["error"]!["upstreamCode"]!.GetValue<int>()));
        Assert.Equal(1, Sim.Ledger.Count(Operation.VideoSubmit));
    }

    [Fact]
    public async Task J8_a_token_that_expires_before_the_work_would_end_is_not_used()
    {
        static string Jwt(DateTimeOffset exp) =>
            $"eyJhbGciOiJIUzI1NiJ9.{Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes($"{{\"exp\":{exp.ToUnixTimeSeconds()}}}")).TrimEnd('=')}.x";
        var now = TimeProvider.System.GetUtcNow();
        await AddAccountAsync(Jwt(now.AddMinutes(5)), 5, ("account", "1"));
        var id = await SubmitVideoAsync();
        Assert.Equal("queued", (await JobAsync(id)).Text("status"));
        // Chats are expected to end in two minutes, videos in ten.
        (await Admin.PostAsync("/v1/text/chatcompletion_v2", new { model = "MiniMax-M2", messages = new[] { new { role = "user", content = "hi" } } })).Expect(200);

        await AddAccountAsync(Jwt(now.AddMinutes(12)), 5, ("account", "1"));
        await WaitForAsync(id, "running");

        await AddAccountAsync(Jwt(now.AddMinutes(-1)), 5, ("account", "2"));
        Assert.Contains("expired", (await Admin.GetAsync("/v1/minimax/accounts/2")).Text("error"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task J8_a_task_on_an_account_that_cannot_be_read_stays_running_until_the_account_is_renewed()
    {
        var account = await AddAccountAsync("key-a", 1, ("account", "7"));
        var id = await SubmitVideoAsync();
        await WaitForAsync(id, "running");
        Sim.SetKey("key-a", new KeySettings { Revoked = true });
        await EventuallyAsync(async () => (await JobAsync(id))["reason"] is not null);
        var unreadable = await JobAsync(id);
        Assert.Equal("running", unreadable.Text("status"));
        Assert.Contains("renewed", unreadable.Text("reason"), StringComparison.Ordinal);
        Assert.Equal("auth_failed", (await AccountAsync(account))["health"]!["state"]!.ToString());
        Assert.Single((await AccountAsync(account))["leases"]!.AsArray());

        Sim.SetKey("key-a", new KeySettings());
        await AddAccountAsync("key-a", 1, ("account", "7"));
        await EventuallyAsync(async () => (await JobAsync(id))["reason"] is null);
        Sim.FinishAllTasks();
        Assert.Equal("succeeded", (await EndAsync(id)).Text("status"));
        Assert.Equal("ok", (await AccountAsync(account))["health"]!["state"]!.ToString());
    }

    [Fact]
    public async Task J8_at_hard_end_an_unreadable_task_fails_and_its_reserve_is_charged()
    {
        Gateway["Gateway:Limits:video:LongestRun"] = "00:00:03";
        await Gateway.RestartAsync();
        var account = await AddAccountAsync("key-a", 1, ("dailyCredits", 100));
        var id = await SubmitVideoAsync();
        await WaitForAsync(id, "running");
        Sim.SetKey("key-a", new KeySettings { Revoked = true });
        var failed = await EndAsync(id);
        Assert.Equal(("failed", "hard_end"), (failed.Text("status"), failed["error"]!["code"]!.ToString()));
        Assert.Equal(30, (await AccountAsync(account))["credits"]!["used"]!.GetValue<int>());
    }

    [Fact]
    public async Task Trouble_with_polls_ends_no_job()
    {
        await AddAccountAsync("key-a");
        var id = await SubmitVideoAsync();
        await WaitForAsync(id, "running");
        foreach (var effect in new FaultEffect[] { new FaultEffect.HttpStatus(502), new FaultEffect.ConnectionReset(), new FaultEffect.EmptyBody(), new FaultEffect.BaseResp(1000, "unknown error"), new FaultEffect.BaseResp(2013, "invalid params, invalid task_id"), new FaultEffect.HttpStatus(200, "<html>", "text/html") })
        {
            Sim.Script.Next(Operation.VideoQuery, effect);
            await Sim.WaitForAsync(Operation.VideoQuery, Sim.Ledger.Count(Operation.VideoQuery) + 2, Patience);
        }

        Assert.Equal("running", (await JobAsync(id)).Text("status"));
        Sim.FinishAllTasks();
        Assert.Equal("succeeded", (await EndAsync(id)).Text("status"));
    }

    [Fact]
    public async Task J5_a_restart_loses_nothing_and_sends_nothing_twice()
    {
        var account = await AddAccountAsync("key-a", 2);
        var ids = new List<string>();
        for (var i = 0; i < 5; i++) ids.Add(await SubmitVideoAsync($"job {i}"));
        await WaitForAsync(ids[0], "running");
        await WaitForAsync(ids[1], "running");

        await Gateway.RestartAsync();
        foreach (var id in ids)
        {
            await EventuallyAsync(async () =>
            {
                Sim.FinishAllTasks(); // whoever runs by now
                return (await JobAsync(id)).Text("status") == "succeeded";
            });
        }

        await SlotsAsync(account, 0);
        Assert.Equal((5, 2), (Sim.Ledger.Accepted, Sim.Ledger.Key("key-a").MaxConcurrentTasks));
        NoSecondSubmits();
    }
}

public sealed class SqliteDoubt() : DoubtContract(new SqliteData());

public sealed class PostgresDoubt() : DoubtContract(new PostgresData());
