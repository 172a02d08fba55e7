using System.Text;
using Gateway.Api.Tests.Support;
using Gateway.Simulator;

namespace Gateway.Api.Tests.Calls;

/// <summary>Images, speech and music: calls that cost money by the piece, and the same work as jobs.</summary>
public sealed class NativeCallTests : GatewayTest
{
    private const string Image = """{"model":"image-01","prompt":"a lamp","n":3,"response_format":"url","new_field":[1.50]}""";
    private const string Speech =
        """{"model":"speech-2.8-turbo","text":"Hello there.","voice_setting":{"voice_id":"English_Graceful_Lady"}}""";
    private const string SpeechStream =
        """{"model":"speech-2.8-turbo","text":"Hello there.","stream":true,"voice_setting":{"voice_id":"English_Graceful_Lady"}}""";
    private const string Music = """{"model":"music-3.0","prompt":"calm","lyrics":"la la la"}""";

    private static readonly FaultEffect Garbled = new FaultEffect.HttpStatus(502);

    public static TheoryData<string, string, string> Calls => new()
    {
        { "/v1/image_generation", Image, nameof(Operation.Image) },
        { "/v1/t2a_v2", Speech, nameof(Operation.Speech) },
        { "/v1/music_generation", Music, nameof(Operation.Music) },
    };

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task A_call_passes_through_byte_for_byte_both_ways(string path, string body, string operation)
    {
        var account = await AddAccountAsync("key-a");
        const string Odd =
            "{ \"data\" : " +
                "{\"x\":\"\\u0041\\/\",\"audio\":\"00\",\"image_urls\":[\"\\/\"]},\"lyrics\":\"la\",\"cover_feature_id\":\"c\",\"voice_id\":\"v\",\n\"base_resp\":{\"status_code\":0,\"status_msg\":\"\"} }\r\n";
        Sim.Script.Next(Enum.Parse<Operation>(operation), new FaultEffect.HttpStatus(200, Odd, "application/json"));

        Assert.Equal(Encoding.UTF8.GetBytes(Odd), (await Admin.PostAsync(path, body)).Expect(200).Bytes);
        Assert.Equal(0, (await Admin.PostAsync(path, body)).Expect(200).BaseResp);

        Assert.All(Sim.Ledger.Requests(Enum.Parse<Operation>(operation)), sent => Assert.Equal((body, "key-a"), (sent.Body, sent.Key)));
        await SlotsAsync(account, 0);
    }

    [Fact]
    public async Task Speech_streams_frame_by_frame()
    {
        await AddAccountAsync("key-a");

        var answer = (await Admin.PostAsync("/v1/t2a_v2", SpeechStream)).Expect(200);

        Assert.StartsWith("text/event-stream", answer.Header("Content-Type"), StringComparison.Ordinal);
        Assert.Contains("\"status\":2", answer.Body.Split("\n\n", StringSplitOptions.RemoveEmptyEntries)[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task C1_A_picture_costs_one_credit_and_a_request_as_many_as_it_asks_for()
    {
        var account = await AddAccountAsync("key-a", 1, ("dailyCredits", 4));

        (await Admin.PostAsync("/v1/image_generation", Image)).Expect(200);
        await SlotsAsync(account, 0);
        Assert.Equal(3, (await AccountAsync(account))["credits"]!["used"]!.GetValue<int>());

        // Three more do not fit under four a day.
        (await Admin.PostAsync("/v1/image_generation", Image, ("Gateway-Queue", "off"))).ExpectBaseResp(429, 1002, "over budget");
    }

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task J10_What_costs_money_is_not_asked_for_twice_on_a_doubt_and_is_charged(string path, string body, string operation)
    {
        var accounts = new[] { await AddAccountAsync("key-a"), await AddAccountAsync("key-b") };
        Sim.Script.Always(Enum.Parse<Operation>(operation), Garbled);

        (await Admin.PostAsync(path, body)).ExpectBaseResp(503, 1033);

        Assert.Equal(1, Sim.Ledger.Count(Enum.Parse<Operation>(operation)));
        foreach (var account in accounts) await SlotsAsync(account, 0);
        var used = 0;
        foreach (var account in accounts) used += (await AccountAsync(account))["credits"]!["used"]!.GetValue<int>();
        Assert.True(used > 0, "an answer nobody can read is not proof that nothing was billed (C3)");
    }

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task J10_A_clear_refusal_sends_a_call_to_another_account_unbilled(string path, string body, string operation)
    {
        var refusing = await AddAccountAsync("key-a");
        await AddAccountAsync("key-b");
        Sim.Script.Always(Enum.Parse<Operation>(operation), new FaultEffect.BaseResp(1002, "rate limit"), key: "key-a");

        for (var i = 0; i < 4; i++) Assert.Equal(0, (await Admin.PostAsync(path, body)).Expect(200).BaseResp);

        await SlotsAsync(refusing, 0);
        Assert.Equal(0, (await AccountAsync(refusing))["credits"]!["used"]!.GetValue<int>());
    }

    [Theory]
    [InlineData("image", Image)]
    [InlineData("speech", Speech)]
    [InlineData("music", Music)]
    public async Task The_same_work_as_a_job_ends_with_MiniMaxs_answer_as_its_result(string kind, string request)
    {
        await AddAccountAsync("key-a");

        var submitted = (await Admin.PostAsync("/v1/jobs", $$"""{"kind":"{{kind}}","request":{{request}}}""")).Expect(202);
        var job = await EndAsync(submitted.Text("id"));

        Assert.Equal("succeeded", job.Text("status"));
        var result = (await Admin.GetAsync($"/v1/jobs/{job.Text("id")}/result")).Expect(200);
        Assert.Equal(0, result.BaseResp);
    }

    [Fact]
    public async Task L4_A_call_is_over_when_its_slot_is_freed()
    {
        await Gateway.StopAsync();
        Gateway["Gateway:Limits:chat:LongestRun"] = "00:00:01";
        await Gateway.StartAsync();
        var account = await AddAccountAsync("key-a");
        using var held = Sim.Hold(Operation.Chat);

        var call = Admin.PostAsync("/v1/text/chatcompletion_v2", """{"model":"MiniMax-M2","messages":[{"role":"user","content":"hi"}]}""");

        (await call).ExpectBaseResp(503, 1033, "longest time");
        await Sim.WaitForAbortedAsync(1, Patience);
        await SlotsAsync(account, 0);
    }
}
