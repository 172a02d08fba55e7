using Gateway.Api.Tests.Support;
using Gateway.Simulator;

namespace Gateway.Api.Tests.Calls;

/// <summary>A call with an Idempotency-Key happens once, however often it is sent.</summary>
public abstract class KeyedCallContract : GatewayTest
{
    private const string Image = "/v1/image_generation";
    private const string Speech = "/v1/t2a_v2";

    private static readonly object Picture = new { model = "image-01", prompt = "a calm sea" };

    private protected KeyedCallContract(TestData data)
        : base(data)
    {
    }

    [Fact]
    public async Task P5_the_same_key_gives_the_same_answer_byte_for_byte_and_is_paid_once()
    {
        var account = await AddAccountAsync("key-a", 2, ("dailyCredits", 100));
        var first = (await PostAsync(Image, Picture)).Expect(200);
        var again = (await PostAsync(Image, Picture)).Expect(200);
        await Gateway.RestartAsync();
        var later = (await PostAsync(Image, Picture)).Expect(200);

        Assert.Null(first.Header("Idempotency-Replayed"));
        Assert.Equal(("true", "true"), (again.Header("Idempotency-Replayed"), later.Header("Idempotency-Replayed")));
        Assert.Equal((first.Body, first.Body), (again.Body, later.Body));
        Assert.Equal(1, Assert.Single(Sim.Ledger.Snapshot().SubmitsPerHash.Values));
        Assert.Equal(1, (await AccountAsync(account))["credits"]!["used"]!.GetValue<int>());
    }

    [Fact]
    public async Task P5_another_body_under_the_key_is_refused_and_another_teams_key_is_its_own()
    {
        await AddAccountAsync("key-a", 2);
        (await PostAsync(Image, Picture)).Expect(200);
        (await PostAsync(Image, new { model = "image-01", prompt = "a rough sea" })).ExpectBaseResp(422, 2013, "Idempotency-Key");
        Assert.Null((await PostAsync(Image, Picture, by: await AddTeamAsync("red"))).Expect(200).Header("Idempotency-Replayed"));
    }

    [Fact]
    public async Task P5_a_call_that_finds_nobody_free_consumes_no_key_and_leaves_nothing_to_run()
    {
        await AddAccountAsync("key-a", 1);
        await WaitForAsync(await SubmitVideoAsync(), "running");
        (await PostAsync(Image, Picture, ("Prefer", "wait=0"))).ExpectBaseResp(429, 1002);
        (await PostAsync(Image, Picture, ("Prefer", "wait=1"))).ExpectBaseResp(429, 1002);

        Sim.FinishAllTasks();
        var answer = (await PostAsync(Image, Picture, ("Prefer", "wait=20"))).Expect(200);
        Assert.Null(answer.Header("Idempotency-Replayed"));
        Assert.Equal(2, Sim.Ledger.Snapshot().SubmitsPerHash.Values.Sum()); // the video, and one picture
    }

    [Fact]
    public async Task J4_an_answer_that_was_lost_is_never_asked_for_twice()
    {
        await AddAccountAsync("key-a", 1);
        Sim.Script.Next(Operation.Image, new FaultEffect.AcceptThen502());
        (await PostAsync(Image, Picture)).Expect(503);
        (await PostAsync(Image, Picture)).Expect(503);
        Assert.Equal(1, Assert.Single(Sim.Ledger.Snapshot().SubmitsPerHash.Values));
    }

    [Fact]
    public async Task J11_the_upstreams_refusal_is_the_answer_and_is_given_again()
    {
        await AddAccountAsync("key-a", 1);
        Sim.Script.Next(Operation.Speech, new FaultEffect.BaseResp(1042, "invisible characters"));
        var body = new { model = "speech-2.8-hd", text = "hello" };
        (await PostAsync(Speech, body)).ExpectBaseResp(200, 1042, "invisible characters");
        (await PostAsync(Speech, body)).ExpectBaseResp(200, 1042, "invisible characters");
        (await PostAsync(Speech, new { model = "speech-2.8-hd", text = "hello", stream = true })).ExpectBaseResp(400, 2013, "Idempotency-Key", "streams");
    }

    private Task<Answer> PostAsync(string path, object body, Client by) => by.PostAsync(path, body, ("Idempotency-Key", "k-1"));

    private Task<Answer> PostAsync(string path, object body, params (string Name, string Value)[] headers) =>
        Admin.PostAsync(path, body, [("Idempotency-Key", "k-1"), .. headers]);
}

public sealed class SqliteKeyedCalls() : KeyedCallContract(new SqliteData());

public sealed class PostgresKeyedCalls() : KeyedCallContract(new PostgresData());
