using System.Text.RegularExpressions;
using Gateway.Api.Tests.Support;
using Gateway.Simulator;

namespace Gateway.Api.Tests.Routing;

/// <summary>
/// A pool of accounts that is walked, and that heals itself: what refuses an account costs callers little and no admin anything.
/// </summary>
public sealed class PoolTests : GatewayTest
{
    private const string Chat = "/v1/text/chatcompletion_v2";

    private static readonly object Hello = new { model = "MiniMax-M2", messages = new[] { new { role = "user", content = "hi" } } };

    private static readonly FaultEffect RateLimit = new FaultEffect.BaseResp(1002, "rate limit exceeded(RPM)");
    private static readonly FaultEffect LoginFail = new FaultEffect.BaseResp(1004, "login fail");
    private static readonly FaultEffect TooMany = new FaultEffect.BaseResp(1041, "conn limit");

    private async Task<List<string>> AddPoolAsync(int accounts, int maxJobs = 1)
    {
        List<string> ids = [];
        for (var i = 0; i < accounts; i++) ids.Add(await AddAccountAsync($"key-{i}", maxJobs));
        return ids;
    }

    private async Task<string> HealthAsync(string account) => (await AccountAsync(account))["health"]!["state"]!.ToString();

    private Task BecomesAsync(string account, string state) => EventuallyAsync(async () => await HealthAsync(account) == state);

    private IEnumerable<string> LinesOf(string account) =>
        Gateway.Journal.Lines.Where(line => line.Contains($"Account {account} went", StringComparison.Ordinal));

    [Theory]
    [InlineData("wait=0")]
    [InlineData("wait=20")]
    public async Task V5_a_call_walks_the_whole_pool_past_accounts_that_refuse_it_unpaid(string wait)
    {
        await AddPoolAsync(6);
        for (var i = 0; i < 5; i++) Sim.Script.Always(Operation.Chat, i % 2 == 0 ? RateLimit : TooMany, $"key-{i}");

        for (var call = 0; call < 5; call++) Assert.Equal(0, (await Admin.PostAsync(Chat, Hello, ("Prefer", wait))).Expect(200).BaseResp);

        Assert.Equal(5, Sim.Ledger.Count(Operation.Chat, "key-5"));
        // each asked at most once, and resting since
        for (var i = 0; i < 5; i++) Assert.InRange(Sim.Ledger.Count(Operation.Chat, $"key-{i}"), 0, 1);
    }

    [Fact]
    public async Task V5_a_job_walks_the_whole_pool_and_its_attempts_are_not_used_up()
    {
        await AddPoolAsync(8);
        for (var i = 0; i < 7; i++) Sim.Script.Always(Operation.VideoSubmit, RateLimit, $"key-{i}");

        await WaitForAsync(await SubmitVideoAsync(), "running");

        Assert.Equal(1, Sim.Ledger.Count(Operation.VideoSubmit, "key-7"));
        Assert.All(Enumerable.Range(0, 7), i => Assert.InRange(Sim.Ledger.Count(Operation.VideoSubmit, $"key-{i}"), 0, 1));
    }

    [Fact]
    public async Task V5_when_all_refuse_the_429_says_so_and_when_the_first_may_be_free_again()
    {
        await AddPoolAsync(5);
        for (var i = 0; i < 5; i++) Sim.Script.Always(Operation.Chat, i == 2 ? TooMany : RateLimit, $"key-{i}"); // 10 s and 60 s

        foreach (var sent in new[] { 5, 5 })
        {
            var busy = (await Admin.PostAsync(Chat, Hello, ("Prefer", "wait=0"))).ExpectBaseResp(429, 1002, "5 cooling down");
            Assert.InRange(int.Parse(busy.Header("Retry-After")!), 5, 10);
            Assert.Equal(sent, Sim.Ledger.Count(Operation.Chat));
        }
    }

    [Fact]
    public async Task V3_a_host_without_a_list_of_models_is_not_parked_by_probes_that_cannot_tell()
    {
        var account = await AddAccountAsync("key-a", 2);
        Sim.Script.Always(Operation.Models, new FaultEffect.HttpStatus(404, "404 page not found", "text/plain"));
        Sim.Script.Next(Operation.Chat, new FaultEffect.HttpStatus(401, """{"error":{"message":"who are you"}}""", "application/json"));
        var before = Sim.Ledger.Count(Operation.Models);

        (await Admin.PostAsync(Chat, Hello, ("Prefer", "wait=0"))).Expect(503);
        await Sim.WaitForAsync(Operation.Models, before + 2, Patience);

        Assert.Equal(0, (await Admin.PostAsync(Chat, Hello)).Expect(200).BaseResp);
        await BecomesAsync(account, "ok"); // its good answer clears it, whatever probes say
    }

    [Fact]
    public async Task V5_a_call_that_was_refused_waits_for_the_accounts_that_are_full_and_not_for_those_it_asked()
    {
        await AddPoolAsync(2);
        Sim.Script.Always(Operation.Chat, RateLimit, "key-0");
        using var held = Sim.Hold(Operation.Chat, "key-1");
        var busy = Admin.PostAsync(Chat, Hello, ("Prefer", "wait=20"));
        await EventuallyAsync(() => Task.FromResult(Sim.Ledger.Count(Operation.Chat, "key-1") == 1));

        var refused = Admin.PostAsync(Chat, Hello, ("Prefer", "wait=20"));
        await EventuallyAsync(
            async () => (await Nobody.GetAsync("/metrics")).Body.Contains("\ngateway_calls_waiting 1\n", StringComparison.Ordinal));
        held.Release();

        Assert.Equal(0, (await busy).Expect(200).BaseResp);
        Assert.Equal(0, (await refused).Expect(200).BaseResp);
        Assert.Equal(1, Sim.Ledger.Count(Operation.Chat, "key-0"));
    }

    [Fact]
    public async Task V3_Q5_a_false_proof_is_healed_by_a_probe_that_wakes_who_waits_and_each_change_is_one_line()
    {
        var account = await AddAccountAsync("key-a");
        Sim.Script.Next(Operation.Chat, LoginFail);

        var refused = (await Admin.PostAsync(Chat, Hello, ("Prefer", "wait=0"))).ExpectBaseResp(503, 1033, "refused credential");
        Assert.InRange(int.Parse(refused.Header("Retry-After")!), 1, 2); // when it is probed
        var shown = (await AccountAsync(account))["health"]!;
        Assert.Equal(("auth_failed", "1004 login fail"), (shown["state"]!.ToString(), shown["reason"]!.ToString()));
        Assert.NotNull(shown["probeAt"]);
        Assert.Contains("1004", (await Admin.GetAsync($"/v1/minimax/accounts/{account}")).Text("error"), StringComparison.Ordinal);

        Assert.Equal(0, (await Admin.PostAsync(Chat, Hello, ("Prefer", "wait=20"))).Expect(200).BaseResp);

        Assert.Equal(("ok", 1), (await HealthAsync(account), Sim.Ledger.Count(Operation.Models)));
        Assert.Null((await Admin.GetAsync($"/v1/minimax/accounts/{account}"))["error"]);
        Assert.Collection(
            LinesOf(account),
            line => Assert.Matches(new Regex("^Warning .* from ok to auth_failed: 1004 login fail"), line),
            line => Assert.Matches(new Regex("^Information .* from auth_failed to ok"), line));
        Assert.Contains(
            "\ngateway_account_health_changes_total{state=\"auth_failed\"} 1\n", (await Nobody.GetAsync("/metrics")).Body,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task H9_probes_of_a_host_that_hangs_keep_no_other_hosts_account_in_doubt()
    {
        await using var hangs = await MiniMaxSimulator.StartAsync(Upstream, Patience);
        using var held = hangs.Hold(Operation.Models);
        for (var i = 0; i < 10; i++) await AddAccountAsync($"sick-{i}", 1, ("url", hangs.BaseUrl.ToString()));
        hangs.Script.Always(Operation.Chat, LoginFail);
        (await Admin.PostAsync(Chat, Hello, ("Prefer", "wait=0"))).Expect(503);
        await EventuallyAsync(() => Task.FromResult(held.Waiting == 4));

        var well = await AddAccountAsync("well");
        Sim.Script.Next(Operation.Chat, LoginFail);
        (await Admin.PostAsync(Chat, Hello, ("Prefer", "wait=0"))).Expect(503);

        await BecomesAsync(well, "ok");
        Assert.Equal(4, hangs.Ledger.Count(Operation.Models)); // and not because they had been given up
    }

    [Fact]
    public async Task V3_a_key_that_works_again_is_found_without_an_admin_and_a_restart_probes_what_it_finds_parked()
    {
        var account = await AddAccountAsync("key-a");
        Sim.SetKey("key-a", new KeySettings { Revoked = true });
        (await Admin.PostAsync($"/v1/admin/accounts/{account}/validate")).Expect(200);
        await Sim.WaitForAsync(Operation.Models, 2, Patience); // the admin's, and the first probe
        Assert.Equal("auth_failed", await HealthAsync(account));

        await Gateway.RestartAsync();
        Sim.SetKey("key-a", new KeySettings());
        await BecomesAsync(account, "ok");
        Assert.Equal(0, (await Admin.PostAsync(Chat, Hello)).Expect(200).BaseResp);
    }

    [Fact]
    public async Task V3_a_disabled_account_is_not_probed_until_it_is_enabled()
    {
        var account = await AddAccountAsync("key-a");
        Sim.Script.Next(Operation.Chat, LoginFail);
        (await Admin.PatchAsync($"/v1/admin/accounts/{account}", new { enabled = true })).Expect(200);
        await Admin.PostAsync(Chat, Hello, ("Prefer", "wait=0"));
        (await Admin.PatchAsync($"/v1/admin/accounts/{account}", new { enabled = false })).Expect(200);
        Assert.Null((await AccountAsync(account))["health"]!["probeAt"]);

        // Another one that became due later has been probed meanwhile.
        var other = await AddAccountAsync("key-b");
        Sim.Script.Next(Operation.Chat, LoginFail);
        await Admin.PostAsync(Chat, Hello, ("Prefer", "wait=0"));
        await BecomesAsync(other, "ok");
        Assert.Equal((0, "auth_failed"), (Sim.Ledger.Count(Operation.Models, "key-a"), await HealthAsync(account)));

        (await Admin.PatchAsync($"/v1/admin/accounts/{account}", new { enabled = true })).Expect(200);
        await BecomesAsync(account, "ok");
    }

    [Fact]
    public async Task V3_one_call_that_a_strange_401_meets_everywhere_retires_nobody()
    {
        var accounts = await AddPoolAsync(3);
        Sim.Script.Always(
            Operation.Chat,
            new FaultEffect.HttpStatus(401, """{"error":{"message":"Model xyz is not supported"}}""", "application/json"),
            bodyContains: "xyz");

        await Admin.PostAsync(
            Chat, new { model = "xyz", messages = new[] { new { role = "user", content = "hi" } } }, ("Prefer", "wait=0"));

        foreach (var account in accounts) await BecomesAsync(account, "ok");
        for (var call = 0; call < 3; call++)
            Assert.Equal(0, (await Admin.PostAsync(Chat, Hello, ("Prefer", "wait=20"))).Expect(200).BaseResp);
    }

    [Fact]
    public async Task A11_calls_and_jobs_learn_alike_from_a_code_nobody_knows()
    {
        var account = await AddAccountAsync("key-a");
        Sim.Script.Always(Operation.Chat, new FaultEffect.BaseResp(4711, "something new"));
        Sim.Script.Always(Operation.VideoSubmit, new FaultEffect.BaseResp(4711, "something new"));

        for (var i = 0; i < 3; i++)
            Assert.Equal(
                4711,
                (await Admin.PostAsync(Chat, new { model = "MiniMax-M2", messages = new[] { new { role = "user", content = $"hi {i}" } } })).Expect(200).BaseResp);
        await SlotsAsync(account, 0);
        Assert.Equal("failed", (await EndAsync(await SubmitVideoAsync("the fourth"))).Text("status"));
        await SlotsAsync(account, 0);
        Assert.False(await RestsForItsTeamAsync()); // four failures of five
        await SubmitVideoAsync("the fifth"); // and waits for the end of the rest
        await EventuallyAsync(RestsForItsTeamAsync);
        Assert.Equal("ok", await HealthAsync(account)); // one team's failures are no state of the account (H8)

        async Task<bool> RestsForItsTeamAsync() => (await AccountAsync(account))["health"]!["restsFor"] is not null;
    }

    [Fact]
    public async Task A12_an_answer_to_validate_that_comes_after_the_key_was_renewed_says_nothing_of_the_new_one()
    {
        var account = await AddAccountAsync("key-a", 1, ("account", "7"));
        Sim.SetKey("key-a", new KeySettings { Revoked = true });
        using var held = Sim.Hold(Operation.Models);
        var validated = Admin.PostAsync($"/v1/admin/accounts/{account}/validate");
        await Sim.WaitForAsync(Operation.Models, 1, Patience);
        await AddAccountAsync("key-b", 1, ("account", "7"));
        held.Release();

        Assert.Equal("ok", (await validated).Expect(200)["health"]!["state"]!.ToString());
        Assert.Equal("ok", await HealthAsync(account));
    }
}
