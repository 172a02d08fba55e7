using Gateway.Api.Tests.Support;
using Gateway.Simulator;

namespace Gateway.Api.Tests.ChatJobs;

/// <summary>A chat that streams under an Idempotency-Key happens once, and a client that was dropped goes on with it.</summary>
public abstract class KeyedStreamContract : ChatJobTest
{
    private const string Path = "/v1/text/chatcompletion_v2";

    private protected KeyedStreamContract(TestData data)
        : base(data)
    {
    }

    private Task<HttpResponseMessage> OpenAsync(params (string, string)[] headers) =>
        Admin.OpenAsync(HttpMethod.Post, Path, Chat(), [("Idempotency-Key", "k"), .. headers]);

    private Task<Answer> PostAsync(string content = "hi", params (string, string)[] headers) =>
        Admin.PostAsync(Path, Chat(content), [("Idempotency-Key", "k"), .. headers]);

    [Fact]
    public async Task P5_a_dropped_client_goes_on_where_it_stopped_and_the_chat_is_paid_once()
    {
        await AddAccountAsync("key-a");
        using var gate = Sim.HoldFrames(Operation.Chat);
        var sent = OpenAsync();
        await Sim.WaitForAsync(Operation.Chat, 1, Patience);
        await EventuallyAsync(() => Task.FromResult(gate.ReleaseNext()));
        List<SseEvent> before = [];
        using (var dropped = new SseReader(await sent, Patience))
        {
            before.Add((await dropped.NextAsync())!);
            before.Add(await NextAsync(gate, dropped));
        }

        Assert.Equal("1", (await PostAsync()).Expect(409).Header("Retry-After"));
        using var resumed = new SseReader(await OpenAsync(("Last-Event-ID", before[^1].Id!)), Patience);
        Assert.Equal("true", Assert.Single(resumed.Response.Headers.GetValues("Idempotency-Replayed")));
        gate.Release();
        var after = await resumed.AllAsync();
        Assert.Equal((2, 4), (before.Count, after.Count));

        var again = (await PostAsync()).Expect(200);
        Assert.Equal("true", again.Header("Idempotency-Replayed"));
        Assert.Equal(Joined(before, after), WithoutIds(again.Bytes));
        (await PostAsync(headers: ("Last-Event-ID", after[^1].Id!))).Expect(204);
        (await PostAsync("other")).ExpectBaseResp(422, 2013, "Idempotency-Key");
        Assert.Equal(1, Sim.Ledger.Count(Operation.Chat));
    }

    [Fact]
    public async Task J11_a_refusal_before_the_first_frame_is_the_answer_and_is_given_again()
    {
        await AddAccountAsync("key-a");
        Sim.Script.Next(Operation.Chat, new FaultEffect.BaseResp(1026, "input new_sensitive"));
        (await PostAsync()).ExpectBaseResp(200, 1026, "input new_sensitive");
        (await PostAsync()).ExpectBaseResp(200, 1026, "input new_sensitive");
        Assert.Equal(1, Sim.Ledger.Count(Operation.Chat));
    }

    [Fact]
    public async Task J10_what_broke_off_says_so_each_time_and_is_not_sent_again()
    {
        await AddAccountAsync("key-a");
        Sim.Script.Next(Operation.Chat, new FaultEffect.StreamBreak(AfterFrames: 2));
        for (var i = 0; i < 2; i++)
        {
            using var stream = new SseReader(await OpenAsync(), Patience);
            var frames = await stream.AllAsync();
            Assert.Equal(3, frames.Count);
            Assert.NotEqual(0, frames[^1].Json["base_resp"]!["status_code"]!.GetValue<int>());
            // Whoever saw the last frame alone has not heard of the trouble.
            using var resumed = new SseReader(await OpenAsync(("Last-Event-ID", frames[^2].Id!)), Patience);
            Assert.Equal(frames[^1], Assert.Single(await resumed.AllAsync()));
            (await PostAsync(headers: ("Last-Event-ID", frames[^1].Id!))).Expect(204);
        }

        Assert.Equal(1, Sim.Ledger.Count(Operation.Chat));
    }

    [Fact]
    public async Task P5_a_chat_that_finds_nobody_free_consumes_no_key()
    {
        await AddAccountAsync("key-a");
        await WaitForAsync(await SubmitVideoAsync(), "running");
        (await PostAsync(headers: ("Prefer", "wait=0"))).ExpectBaseResp(429, 1002);
        (await PostAsync(headers: ("Prefer", "wait=1"))).ExpectBaseResp(429, 1002);
        Sim.FinishAllTasks();
        Assert.Null((await PostAsync(headers: ("Prefer", "wait=20"))).Expect(200).Header("Idempotency-Replayed"));
        Assert.Equal(1, Sim.Ledger.Count(Operation.Chat));
    }
}

public sealed class SqliteKeyedStreams() : KeyedStreamContract(new SqliteData());

public sealed class PostgresKeyedStreams() : KeyedStreamContract(new PostgresData());
