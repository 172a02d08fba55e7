using System.Diagnostics;
using System.Text;
using Gateway.Api.Tests.Support;
using Gateway.Simulator;

namespace Gateway.Api.Tests.Chat;

/// <summary>Native chat: a call that passes through byte for byte, on whichever account is free.</summary>
public sealed class ChatTests : GatewayTest
{
    private const string Path = "/v1/text/chatcompletion_v2";

    private static string Body(string content = "hi", bool stream = false) =>
        $$"""{"model":"MiniMax-M2","stream":{{(stream ? "true" : "false")}},"messages":[{"role":"user","content":"{{content}}"}]}""";

    private static (string, string) Wait(int seconds) => ("Prefer", $"wait={seconds}");

    [Fact]
    public async Task The_body_reaches_the_upstream_byte_for_byte_with_the_accounts_key()
    {
        await AddAccountAsync("key-a");
        const string Odd =
            "{\r\n \"model\" : \"MiniMax-M2\",\t\"messages\":[{\"role\":\"user\",\"content\":\"\\u00e9\\/ünïcödé \\ud83d\\ude00\"}], " +
                "\"new_field\":{\"deep\":[1,2.50,1e3,null]},\"temperature\":1.0 }\n";

        var answer = (await Admin.PostAsync(Path, Odd)).Expect(200);

        var sent = Assert.Single(Sim.Ledger.Requests(Operation.Chat));
        Assert.Equal((Odd, "key-a"), (sent.Body, sent.Key));
        Assert.Contains("unknown field", answer.Body, StringComparison.Ordinal);
        Assert.Equal(0, answer.BaseResp);
    }

    [Fact]
    public async Task The_answer_comes_back_byte_for_byte_with_the_vendors_trace_headers()
    {
        await AddAccountAsync("key-a");
        const string Odd =
            "{ \"choices\" : [ {\"message\":{\"content\":\"\\u0041\\/b \\ud800\"}} ],\n\t\"extra\":1.000, " +
                "\"base_resp\":{\"status_code\":0,\"status_msg\":\"\"} }\r\n";
        Sim.Script.Next(Operation.Chat, new FaultEffect.HttpStatus(200, Odd, "application/json; charset=utf-8"));

        var raw = (await Admin.PostAsync(Path, Body())).Expect(200);
        Assert.Equal(Encoding.UTF8.GetBytes(Odd), raw.Bytes);
        Assert.Equal("application/json; charset=utf-8", raw.Header("Content-Type"));

        var usual = (await Admin.PostAsync(Path, Body())).Expect(200);
        Assert.Equal(usual.Text("id"), usual.Header("trace-id"));
    }

    [Fact]
    public async Task A_stream_comes_back_byte_for_byte_and_in_order()
    {
        await AddAccountAsync("key-a");
        const string Odd =
            ": a comment\r\n\r\ndata:{\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\nevent: x\ndata: two\ndata: lines\n\ndata: " +
                "[DONE]\n\n\n";
        Sim.Script.Next(Operation.Chat, new FaultEffect.HttpStatus(200, Odd, "text/event-stream"));

        var raw = (await Admin.PostAsync(Path, Body(stream: true))).Expect(200);
        Assert.Equal(Odd, raw.Body);
        Assert.Equal("text/event-stream", raw.Header("Content-Type"));

        Sim.Chat = new ChatSettings { ContentFrames = 200 };
        var long_ = (await Admin.PostAsync(Path, Body(new string('x', 400), stream: true))).Expect(200);
        var frames = long_.Body.Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(202, frames.Length);
        Assert.Equal(
            $"Echo: {new string('x', 400)}",
            string.Concat(
                frames[1..^1].Select(
                    frame => System.Text.Json.Nodes.JsonNode.Parse(frame[6..])!["choices"]![0]!["delta"]!["content"]!.ToString())));
        await SlotsAsync(await OnlyAccountAsync(), 0);
    }

    [Fact]
    public async Task A_frame_reaches_the_caller_while_the_upstream_still_holds_the_next()
    {
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var upstream = await RawUpstream.StartAsync(async context =>
        {
            context.Response.ContentType = "text/event-stream";
            await context.Response.WriteAsync("data: {\"n\":1}\n\n");
            await context.Response.Body.FlushAsync();
            await release.Task;
            await context.Response.WriteAsync("data: {\"n\":2}\n\n");
        });
        (await Admin.PostAsync("/v1/minimax/accounts", new { url = upstream.BaseUrl, driver = "platform", validate = false, token = "key", maxJobs = 1 })).Expect(201);

        using var response = await Admin.OpenAsync(HttpMethod.Post, Path, Body(stream: true));
        using var stream = new SseReader(response, Patience);
        Assert.Equal("{\"n\":1}", (await stream.NextAsync())!.Data);
        Assert.False(release.Task.IsCompleted);
        release.SetResult();
        Assert.Equal("{\"n\":2}", (await stream.NextAsync())!.Data);
        Assert.Null(await stream.NextAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task J10_an_error_in_the_first_frame_sends_the_call_to_another_account_unseen(bool asJson)
    {
        var accounts = new[] { await AddAccountAsync("key-a"), await AddAccountAsync("key-b") };
        Sim.Script.Next(Operation.Chat, new FaultEffect.BaseResp(1002, "rate limit exceeded(RPM)", AsJson: asJson));

        var answer = (await Admin.PostAsync(Path, Body(stream: true))).Expect(200);

        Assert.DoesNotContain("1002", answer.Body, StringComparison.Ordinal);
        Assert.StartsWith("data: ", answer.Body, StringComparison.Ordinal);
        Assert.Equal((1, 1), (Sim.Ledger.Count(Operation.Chat, "key-a"), Sim.Ledger.Count(Operation.Chat, "key-b")));
        await EventuallyAsync(async () => await HealthAsync(accounts, "cooling") == 1);
        Assert.Equal(1, await HealthAsync(accounts, "ok"));
    }

    [Fact]
    public async Task J10_a_refused_key_is_retired_and_the_next_account_answers()
    {
        var accounts = new[] { await AddAccountAsync("key-a"), await AddAccountAsync("key-b") };
        Sim.Script.Next(Operation.Chat, new FaultEffect.BaseResp(1004, "login fail"));

        Assert.Equal(0, (await Admin.PostAsync(Path, Body())).Expect(200).BaseResp);

        await EventuallyAsync(async () => await HealthAsync(accounts, "auth_failed") == 1);
        for (var call = 0; call < 5; call++) Assert.Equal(0, (await Admin.PostAsync(Path, Body())).Expect(200).BaseResp);
        Assert.Equal(7, Sim.Ledger.Count(Operation.Chat));
    }

    [Theory]
    [InlineData(2013, "invalid params, context window exceeds limit", false)]
    [InlineData(1026, "input new_sensitive", false)]
    [InlineData(1026, "input new_sensitive", true)]
    public async Task An_error_of_the_callers_own_is_relayed_verbatim_and_tried_once(int code, string message, bool stream)
    {
        await AddAccountAsync("key-a");
        await AddAccountAsync("key-b");
        var verbatim = $$"""{"id":"06f9","choices":null,"base_resp":{"status_code":{{code}},"status_msg":"{{message}}"},  "x":1}""";
        var body = stream ? $"data: {verbatim}\n\n" : verbatim;
        Sim.Script.Always(Operation.Chat, new FaultEffect.HttpStatus(200, body, stream ? "text/event-stream" : "application/json"));

        var answer = (await Admin.PostAsync(Path, Body(stream: stream))).Expect(200);

        Assert.Equal(body, answer.Body);
        Assert.Equal(1, Sim.Ledger.Count(Operation.Chat));
        (await Admin.PostAsync(Path, Body(stream: stream))).Expect(200); // and the account goes on
    }

    [Fact]
    public async Task J7_tries_are_bounded_and_the_last_upstreams_words_are_relayed()
    {
        for (var i = 0; i < 5; i++) await AddAccountAsync($"key-{i}");
        Sim.Script.Always(Operation.Chat, new FaultEffect.BaseResp(1013, "internal service error"));

        var answer = (await Admin.PostAsync(Path, Body())).Expect(200);

        Assert.Equal(1013, answer.BaseResp);
        Assert.Equal(3, Sim.Ledger.Count(Operation.Chat));
        Assert.Equal(1, Enumerable.Range(0, 5).Max(i => Sim.Ledger.Count(Operation.Chat, $"key-{i}")));
    }

    [Fact]
    public async Task An_account_at_its_rate_limit_with_no_other_is_a_429_that_says_when()
    {
        await AddAccountAsync("key-a");
        Sim.Script.Next(Operation.Chat, new FaultEffect.BaseResp(1002, "rate limit exceeded(RPM)"));

        var first = (await Admin.PostAsync(Path, Body(), Wait(0))).ExpectBaseResp(429, 1002);
        Assert.InRange(int.Parse(first.Header("Retry-After")!), 1, 60);
        var second = (await Admin.PostAsync(Path, Body(), Wait(0))).ExpectBaseResp(429, 1002, "cooling");
        Assert.InRange(int.Parse(second.Header("Retry-After")!), 1, 60);
        Assert.Equal(1, Sim.Ledger.Count(Operation.Chat));
    }

    [Fact]
    public async Task After_a_failure_the_call_waits_for_another_account_that_is_full()
    {
        await AddAccountAsync("key-a");
        using var held = Sim.Hold(Operation.Chat, "key-a");
        var busy = Admin.PostAsync(Path, Body("busy"));
        await Sim.WaitForAsync(Operation.Chat, 1, Patience);
        await AddAccountAsync("key-b");
        Sim.Script.Next(Operation.Chat, new FaultEffect.BaseResp(1002, "rate limit exceeded(RPM)"), key: "key-b");

        var second = Admin.PostAsync(Path, Body("second"));
        await Sim.WaitForAsync(Operation.Chat, 2, Patience);
        await CallsWaitingAsync(1);
        held.Release();

        Assert.Equal(0, (await busy).Expect(200).BaseResp);
        Assert.Contains("Echo: second", (await second).Expect(200).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_full_pool_is_waited_for_as_long_as_preferred_and_then_a_429()
    {
        await AddAccountAsync("key-a");
        using var held = Sim.Hold(Operation.Chat);
        var busy = Admin.PostAsync(Path, Body());
        await Sim.WaitForAsync(Operation.Chat, 1, Patience);

        var started = Stopwatch.GetTimestamp();
        var refused = (await Admin.PostAsync(Path, Body(), Wait(1))).ExpectBaseResp(429, 1002, "full");
        Assert.InRange(Stopwatch.GetElapsedTime(started).TotalSeconds, 0.9, 10);
        Assert.InRange(int.Parse(refused.Header("Retry-After")!), 1, 60);
        (await Admin.PostAsync(Path, Body(), Wait(0))).ExpectBaseResp(429, 1002);
        (await Admin.PostAsync(Path, Body(), ("Gateway-Queue", "off"))).ExpectBaseResp(429, 1002);
        Assert.Equal(1, Sim.Ledger.Count(Operation.Chat));

        held.Release();
        (await busy).Expect(200);
    }

    [Fact]
    public async Task Q5_a_freed_slot_goes_to_the_waiting_calls_at_once_and_in_order_of_arrival()
    {
        var id = await AddAccountAsync("key-a");
        using var held = Sim.Hold(Operation.Chat);
        List<Task<Answer>> calls = [];
        for (var i = 0; i < 4; i++)
        {
            calls.Add(Admin.PostAsync(Path, Body($"call {i}")));
            if (i == 0) await Sim.WaitForAsync(Operation.Chat, 1, Patience);
            else await CallsWaitingAsync(i);
        }

        for (var i = 0; i < 4; i++)
        {
            await Sim.WaitForAsync(Operation.Chat, i + 1, Patience);
            await EventuallyAsync(() => Task.FromResult(held.ReleaseNext()));
            Assert.Contains($"Echo: call {i}", (await calls[i]).Expect(200).Body, StringComparison.Ordinal);
        }

        Assert.Equal(1, Sim.Ledger.Key("key-a").MaxConcurrentChats);
        await SlotsAsync(id, 0);
    }

    [Fact]
    public async Task L3_never_more_calls_than_maxJobs_and_all_are_served()
    {
        await AddAccountAsync("key-a", 2);
        await AddAccountAsync("key-b", 3);

        var answers = await Task.WhenAll(Enumerable.Range(0, 60).Select(i => Admin.PostAsync(Path, Body($"call {i}", stream: i % 2 == 0))));

        Assert.All(answers, answer => answer.Expect(200));
        Assert.InRange(Sim.Ledger.Key("key-a").MaxConcurrentChats, 1, 2);
        Assert.InRange(Sim.Ledger.Key("key-b").MaxConcurrentChats, 1, 3);
    }

    [Fact]
    public async Task A_caller_that_leaves_before_the_answer_cancels_the_upstreams_work_and_frees_the_slot()
    {
        var id = await AddAccountAsync("key-a");
        using var held = Sim.Hold(Operation.Chat);
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(Patience);
        var call = Admin.OpenAsync(HttpMethod.Post, Path, Body(), [], leaving.Token);
        await Sim.WaitForAsync(Operation.Chat, 1, Patience);
        await SlotsAsync(id, 1);

        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await Sim.WaitForAbortedAsync(1, Patience);
        await SlotsAsync(id, 0);
    }

    [Fact]
    public async Task A_caller_that_leaves_amid_the_stream_cancels_the_upstreams_work_and_frees_the_slot()
    {
        var id = await AddAccountAsync("key-a");
        Sim.Chat = new ChatSettings { BetweenFrames = TimeSpan.FromMinutes(1) };
        using (var stream = new SseReader(await Admin.OpenAsync(HttpMethod.Post, Path, Body(stream: true)), Patience))
            Assert.NotNull(await stream.NextAsync());

        await Sim.WaitForAbortedAsync(1, Patience);
        await SlotsAsync(id, 0);
    }

    [Fact]
    public async Task A_caller_that_leaves_while_it_waits_takes_no_slot()
    {
        var id = await AddAccountAsync("key-a");
        using var held = Sim.Hold(Operation.Chat);
        var busy = Admin.PostAsync(Path, Body());
        await Sim.WaitForAsync(Operation.Chat, 1, Patience);
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(Patience);
        var waiting = Admin.OpenAsync(HttpMethod.Post, Path, Body("gone"), [], leaving.Token);
        await CallsWaitingAsync(1);

        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        await CallsWaitingAsync(0);
        held.Release();
        (await busy).Expect(200);
        await SlotsAsync(id, 0);
        Assert.Equal(1, Sim.Ledger.Count(Operation.Chat));
    }

    [Fact]
    public async Task A_stream_that_breaks_upstream_breaks_for_the_caller_and_frees_the_slot()
    {
        var id = await AddAccountAsync("key-a");
        await AddAccountAsync("key-b");
        Sim.Script.Next(Operation.Chat, new FaultEffect.StreamBreak(AfterFrames: 2));
        using var response = await Admin.OpenAsync(HttpMethod.Post, Path, Body(stream: true));
        using var stream = new SseReader(response, Patience);
        Assert.NotNull(await stream.NextAsync());
        Assert.NotNull(await stream.NextAsync());

        await Assert.ThrowsAnyAsync<IOException>(stream.NextAsync);
        await SlotsAsync(id, 0);
        Assert.Equal(1, Sim.Ledger.Count(Operation.Chat));
    }

    [Fact]
    public async Task An_error_after_the_first_frame_and_an_early_end_are_relayed_as_they_come()
    {
        await AddAccountAsync("key-a");
        Sim.Script.Next(Operation.Chat, new FaultEffect.StreamErrorFrame(AfterFrames: 1));
        var failed = (
            await Admin.PostAsync(Path, Body(stream: true))).Expect(200).Body.Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, failed.Length);
        Assert.Contains("\"status_code\":1000", failed[1], StringComparison.Ordinal);

        Sim.Script.Next(Operation.Chat, new FaultEffect.TruncatedStream());
        Assert.DoesNotContain(
            "finish_reason\":\"stop", (await Admin.PostAsync(Path, Body(stream: true))).Expect(200).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task J10_a_connection_that_breaks_before_the_first_byte_sends_the_call_to_another_account()
    {
        await AddAccountAsync("key-a");
        await AddAccountAsync("key-b");
        foreach (var effect in new FaultEffect[] { new FaultEffect.ConnectionReset(), new FaultEffect.LoseAnswer(Fin: true), new FaultEffect.HttpStatus(502), new FaultEffect.EmptyBody(), new FaultEffect.OverloadedEnvelope() })
        {
            Sim.Script.Next(Operation.Chat, effect);
            Assert.Equal(0, (await Admin.PostAsync(Path, Body())).Expect(200).BaseResp);
        }
    }

    [Fact]
    public async Task An_account_that_cannot_be_reached_is_passed_over()
    {
        (await Admin.PostAsync("/v1/minimax/accounts", new { url = "http://127.0.0.1:1", driver = "platform", token = "dead", maxJobs = 10 })).Expect(201);
        (await Admin.PostAsync(Path, Body())).ExpectBaseResp(503, 1033);
        await AddAccountAsync("key-a", 10);
        for (var i = 0; i < 10; i++) Assert.Equal(0, (await Admin.PostAsync(Path, Body())).Expect(200).BaseResp);
    }

    [Fact]
    public async Task The_vendors_words_about_the_gateways_own_key_are_not_the_callers_business()
    {
        await AddAccountAsync("key-a");
        Sim.SetKey("key-a", new KeySettings { Revoked = true });

        var answer = (await Admin.PostAsync(Path, Body())).ExpectBaseResp(503, 1033, "admin must renew");
        Assert.DoesNotContain("invalid api key", answer.Body, StringComparison.Ordinal);
        Assert.NotNull(answer.Header("Retry-After"));
    }

    [Fact]
    public async Task J6_a_chat_nobody_could_ever_serve_is_refused_at_once()
    {
        (await Admin.PostAsync(Path, Body())).ExpectBaseResp(422, 2013, "no account");
        await AddAccountAsync("key-a", 1, ("models", new[] { "MiniMax-M1" }));
        (await Admin.PostAsync(Path, Body())).ExpectBaseResp(422, 2013, "MiniMax-M2");
    }

    private async Task<string> OnlyAccountAsync() => Assert.Single((await Admin.GetAsync("/v1/minimax/accounts")).Json).Key;

    private async Task<int> HealthAsync(IEnumerable<string> accounts, string state)
    {
        var count = 0;
        foreach (var account in accounts)
            if ((await AccountAsync(account))["health"]!["state"]!.ToString() == state) count++;
        return count;
    }

    private Task CallsWaitingAsync(int count) =>
        EventuallyAsync(
            async () => (await Nobody.GetAsync("/metrics")).Body.Contains($"\ngateway_calls_waiting {count}\n", StringComparison.Ordinal));
}
