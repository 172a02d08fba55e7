using Gateway.Api.Tests.Support;
using Gateway.Simulator;

namespace Gateway.Api.Tests.Routing;

/// <summary>What the vendor's codes do to calls, jobs and accounts (docs/minimax.md, "Codes").</summary>
public sealed class VendorErrorTests : GatewayTest
{
    private const string Chat = "/v1/text/chatcompletion_v2";

    private static readonly object Hello = new { model = "MiniMax-M2", messages = new[] { new { role = "user", content = "hi" } } };
    private static readonly object Speech = new
    {
        model = "speech-2.8-turbo",
        text = "Hello.",
        voice_setting = new { voice_id = "English_Graceful_Lady" },
    };

    private async Task PauseAsync(string pause)
    {
        Gateway["Gateway:OverloadBackOff:0"] = pause;
        await Gateway.RestartAsync();
    }

    [Fact]
    public async Task An_overload_is_waited_out_by_a_call_and_no_account_is_blamed()
    {
        var account = await AddAccountAsync("key-a");
        Sim.Script.Next(Operation.Chat, new FaultEffect.OverloadedEnvelope());

        Assert.Equal(0, (await Admin.PostAsync(Chat, Hello)).Expect(200).BaseResp);

        Assert.Equal(2, Sim.Ledger.Count(Operation.Chat));
        Assert.Equal("ok", (await AccountAsync(account))["health"]!["state"]!.ToString());
        Assert.Contains("\ngateway_overloaded_models 0\n", (await Nobody.GetAsync("/metrics")).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_overloaded_model_is_asked_of_nobody_and_the_caller_hears_so_in_MiniMaxs_words()
    {
        await PauseAsync("00:01:00");
        await AddAccountAsync("key-a");
        await AddAccountAsync("key-b");
        Sim.Script.Next(Operation.Chat, new FaultEffect.BaseResp(2064, "server cluster under high load"));

        Assert.Equal(2064, (await Admin.PostAsync(Chat, Hello, ("Prefer", "wait=0"))).Expect(200).BaseResp);
        var refused = (await Admin.PostAsync(Chat, Hello, ("Prefer", "wait=0"))).ExpectBaseResp(503, 2064, "overloaded");

        Assert.InRange(int.Parse(refused.Header("Retry-After")!), 40, 75);
        Assert.Equal(1, Sim.Ledger.Count(Operation.Chat));
        Assert.Contains("\ngateway_overloaded_models 1\n", (await Nobody.GetAsync("/metrics")).Body, StringComparison.Ordinal);
        (await Admin.PostAsync("/v1/t2a_v2", Speech)).Expect(200); // another model
    }

    [Fact]
    public async Task Q5_a_breaker_that_half_opens_wakes_and_its_close_wakes_the_rest()
    {
        await PauseAsync("00:00:01");
        var account = await AddAccountAsync("key-a", 5);
        Sim.Script.Next(Operation.VideoSubmit, new FaultEffect.BaseResp(2064, "server cluster under high load"));
        var first = await SubmitVideoAsync("first");
        await Sim.WaitForAsync(Operation.VideoSubmit, 1, Patience);
        await SlotsAsync(account, 0);

        // The probe's answer is held: nobody else is sent meanwhile.
        using var held = Sim.Hold(Operation.VideoSubmit);
        var second = await SubmitVideoAsync("second");
        await Sim.WaitForAsync(Operation.VideoSubmit, 2, Patience);
        Assert.Equal("queued", (await JobAsync(second)).Text("status"));
        Assert.Equal(2, Sim.Ledger.Count(Operation.VideoSubmit));
        held.Release();

        await WaitForAsync(first, "running");
        await WaitForAsync(second, "running");
        Assert.Equal(3, Sim.Ledger.Count(Operation.VideoSubmit));
    }

    [Fact]
    public async Task J7_passing_trouble_at_the_only_account_is_tried_once_more_there()
    {
        await AddAccountAsync("key-a");
        Sim.Script.Next(Operation.Chat, new FaultEffect.BaseResp(1013, "internal service error"));
        Sim.Script.Next(Operation.VideoSubmit, new FaultEffect.BaseResp(1013, "internal service error"));
        Sim.Script.Next(Operation.Speech, new FaultEffect.BaseResp(1033, "mysql failed"));

        Assert.Equal(0, (await Admin.PostAsync(Chat, Hello, ("Prefer", "wait=0"))).Expect(200).BaseResp);
        Assert.Equal(0, (await Admin.PostAsync("/v1/t2a_v2", Speech)).Expect(200).BaseResp);
        var job = await WaitForAsync(await SubmitVideoAsync(), "running");

        Assert.Equal(
            (2, 2, 2), (Sim.Ledger.Count(Operation.Chat), Sim.Ledger.Count(Operation.Speech), Sim.Ledger.Count(Operation.VideoSubmit)));
        Assert.Equal(1, job["attempt"]!.GetValue<int>());
        Assert.Equal(1, Sim.Ledger.Accepted);
    }

    [Fact]
    public async Task J10_what_may_have_been_billed_is_not_tried_once_more()
    {
        await AddAccountAsync("key-a");
        Sim.Script.Next(Operation.Speech, new FaultEffect.HttpStatus(502));

        (await Admin.PostAsync("/v1/t2a_v2", Speech)).ExpectBaseResp(503, 1033);

        Assert.Equal(1, Sim.Ledger.Count(Operation.Speech));
    }

    [Theory]
    [InlineData(1000, "unknown error, 520")]
    [InlineData(1039, "token limit")]
    public async Task J7_what_two_accounts_say_alike_is_the_callers_fault(int code, string message)
    {
        Gateway["Gateway:PaceOff"] = "false";
        await Gateway.RestartAsync();
        var accounts = new[] { await AddAccountAsync("key-a"), await AddAccountAsync("key-b"), await AddAccountAsync("key-c") };
        Sim.Script.Always(Operation.Chat, new FaultEffect.BaseResp(code, message));

        var answer = (await Admin.PostAsync(Chat, Hello)).Expect(200);

        Assert.Equal((code, 2), (answer.BaseResp, Sim.Ledger.Count(Operation.Chat)));
        var rested = 0;
        foreach (var account in accounts)
        {
            await SlotsAsync(account, 0);
            var shown = await AccountAsync(account);
            Assert.Equal("ok", shown["health"]!["state"]!.ToString());
            // What may be the request's own rests the family for its team alone (H8).
            Assert.DoesNotContain(shown["pace"]!.AsArray(), pace => pace!["until"] is not null);
            rested += shown["health"]!["restsFor"]?.AsArray().Count(rest => rest!["family"] is not null) ?? 0;
        }

        Assert.Equal(code == 1039 ? 1 : 0, rested);
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(1039)]
    public async Task J7_a_job_two_accounts_refuse_alike_fails_with_what_they_say(int code)
    {
        for (var i = 0; i < 4; i++) await AddAccountAsync($"key-{i}");
        Sim.Script.Always(Operation.VideoSubmit, new FaultEffect.BaseResp(code, "says the vendor"));

        var job = await EndAsync(await SubmitVideoAsync());

        Assert.Equal(
            ("failed", code, 2), (job.Text("status"), job["error"]!["upstreamCode"]!.GetValue<int>(), job["attempt"]!.GetValue<int>()));
        Assert.Equal(2, Sim.Ledger.Count(Operation.VideoSubmit));
    }

    [Fact]
    public async Task J7_an_unknown_code_is_tried_once_more_and_once_elsewhere_and_is_then_the_answer()
    {
        for (var i = 0; i < 4; i++) await AddAccountAsync($"key-{i}");
        Sim.Script.Always(Operation.Chat, new FaultEffect.BaseResp(4711, "something new"));
        Sim.Script.Always(Operation.VideoSubmit, new FaultEffect.BaseResp(4711, "something new"));

        Assert.Equal(4711, (await Admin.PostAsync(Chat, Hello)).Expect(200).BaseResp);
        var job = await EndAsync(await SubmitVideoAsync());

        Assert.Equal(
            [1, 2], Enumerable.Range(0, 4).Select(i => Sim.Ledger.Count(Operation.Chat, $"key-{i}")).Where(count => count > 0).Order());
        Assert.Equal(("failed", 4711), (job.Text("status"), job["error"]!["upstreamCode"]!.GetValue<int>()));
        Assert.Equal(
            [1, 2],
            Enumerable.Range(0, 4).Select(i => Sim.Ledger.Count(Operation.VideoSubmit, $"key-{i}")).Where(count => count > 0).Order());
    }

    [Fact]
    public async Task A_missing_permission_blocks_the_operation_a_missing_model_the_model_and_a_reset_both()
    {
        var account = await AddAccountAsync("key-a");
        var design = new { prompt = "a warm voice", preview_text = "Hello." };
        Sim.Script.Next(Operation.VoiceDesign, new FaultEffect.BaseResp(2044, "no permission for this API"));
        Sim.Script.Next(Operation.Chat, new FaultEffect.BaseResp(2061, "your current token plan not support model, MiniMax-M2"));
        await Admin.PostAsync("/v1/voice_design", design, ("Prefer", "wait=0"));
        await Admin.PostAsync(Chat, Hello, ("Prefer", "wait=0"));
        await SlotsAsync(account, 0);

        var health = (await AccountAsync(account))["health"]!;
        Assert.Equal("ok", health["state"]!.ToString());
        Assert.Equal(
            ["model MiniMax-M2", "operation voice_design"],
            health["blocked"]!.AsArray().Select(
                block => block!["model"] is { } model ? $"model {model}" : $"operation {block["operation"]}"));

        (await Admin.PostAsync("/v1/voice_design", design, ("Prefer", "wait=0"))).ExpectBaseResp(429, 1002, "without the permission");
        (await Admin.PostAsync("/v1/t2a_v2", Speech)).Expect(200); // the same kind
        (await Admin.PostAsync(Chat, new { model = "MiniMax-M2.7", messages = new[] { new { role = "user", content = "hi" } } })).Expect(200);

        var reset = (await Admin.PostAsync($"/v1/admin/accounts/{account}/reset")).Expect(200);
        Assert.Empty(reset["health"]!["blocked"]!.AsArray());
        Assert.Equal(0, (await Admin.PostAsync("/v1/voice_design", design)).Expect(200).BaseResp);
    }

    [Fact]
    public async Task A_key_that_looks_dead_may_be_of_the_other_region_and_the_admin_is_told_where_to_look()
    {
        var account = await AddAccountAsync("key-a");
        Sim.SetKey("key-a", new KeySettings { Revoked = true });

        var reason = (await Admin.PostAsync($"/v1/admin/accounts/{account}/validate")).Expect(200)["health"]!["reason"]!.ToString();

        foreach (var words in new[] { "other region", "api.minimax.io", "api.minimax.cn", "api.minimaxi.com" })
            Assert.Contains(words, reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_accounts_group_goes_with_its_requests_and_the_callers_never()
    {
        var account = await AddAccountAsync("key-a", 2, ("groupId", "1797000000000000001"));
        (await Admin.PostAsync($"{Chat}?GroupId=99", Hello)).Expect(200);
        var job = await SubmitVideoAsync();
        await WaitForAsync(job, "running");
        Sim.FinishAllTasks();
        Assert.Equal("succeeded", (await EndAsync(job)).Text("status"));

        Assert.Equal("?GroupId=1797000000000000001", Sim.Ledger.Requests(Operation.Chat)[0].Query);
        Assert.Equal("?GroupId=1797000000000000001", Sim.Ledger.Requests(Operation.VideoSubmit)[0].Query);
        Assert.EndsWith("&GroupId=1797000000000000001", Sim.Ledger.Requests(Operation.VideoQuery)[0].Query, StringComparison.Ordinal);

        Assert.Equal("1797000000000000001", (await AccountAsync(account)).Text("groupId"));
        foreach (var bad in new object[] { "", "12a", "1 2", 12, new string('1', 33) })
            (await Admin.PatchAsync($"/v1/admin/accounts/{account}", new { groupId = bad })).Expect(400);
        (await Admin.PatchAsync($"/v1/admin/accounts/{account}", new { groupId = (string?)null })).Expect(200);
        (await Admin.PostAsync($"{Chat}?GroupId=99", Hello)).Expect(200);
        Assert.Equal("", Sim.Ledger.Requests(Operation.Chat)[1].Query);
    }
}
